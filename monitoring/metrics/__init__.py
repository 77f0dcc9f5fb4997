"""The metrics of this service, whoever takes them: what there is, and what the database says of each at one moment."""
