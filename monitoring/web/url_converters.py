"""Names in the addresses of pages and API."""

from django.urls import register_converter
from django.urls.converters import StringConverter


class NameConverter(StringConverter):
    """A path segment that a database can look for: PostgreSQL fails on NUL instead of finding nothing."""

    regex = "[^/\\x00]+"


register_converter(NameConverter, "name")
