"""What the service's own commands print."""
