"""The database engine of the service on PostgreSQL: Django's own but for `base.py`."""
