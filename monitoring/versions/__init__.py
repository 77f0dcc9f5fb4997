"""What a worker knows of a registered version, and where it keeps the model file."""
