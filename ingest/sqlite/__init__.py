"""What SQLite needs and PostgreSQL does not."""
