"""The engine on a command line: no database, no server."""
