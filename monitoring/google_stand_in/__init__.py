"""A stand-in of Google Cloud Monitoring on loopback, as strict as Google: for tests, and for who has no project."""
