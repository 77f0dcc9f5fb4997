"""Arrow bodies."""
