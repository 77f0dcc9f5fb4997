"""How much was served, of which the posted rows may be a sample."""
