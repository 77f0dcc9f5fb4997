"""Who replays which batch: claims, leases and hints."""
