"""Keeps the service's processes running on one machine: `manage.py up`."""
