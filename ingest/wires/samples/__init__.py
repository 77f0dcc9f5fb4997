"""`POST /samples`: the service's own wire."""
