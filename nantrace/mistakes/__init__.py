"""What is often done to data on its way to a model. Shared by diagnosis and drift."""
