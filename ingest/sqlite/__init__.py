"""What SQLite asks for and PostgreSQL does not."""
