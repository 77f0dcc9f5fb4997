"""Pages and the read API."""
