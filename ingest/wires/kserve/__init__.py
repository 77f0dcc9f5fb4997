"""KServe's inference logger."""
