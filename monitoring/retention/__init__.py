"""How long evidence is kept."""
