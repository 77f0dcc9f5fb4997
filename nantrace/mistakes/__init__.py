"""What is often done to data on its way to a model, and one search for it."""
