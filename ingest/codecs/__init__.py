"""One file per wire format, each ending in the one NaN-safe `ingest.tensors.Tensors`."""
