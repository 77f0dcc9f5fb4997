"""A replayer and one model file, as the place where the diagnosis makes its experiments."""
