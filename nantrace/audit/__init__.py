"""What can be said about an artifact without any sample: its audit when a version is registered."""
