"""Projects, models and their versions."""
