"""What the commands do with files: no database, no server."""
