"""Lists that stay in order while new rows arrive."""

from typing import Any

from rest_framework.pagination import CursorPagination
from rest_framework.response import Response


class NewestFirst(CursorPagination):
    """`{"results": [...], "next": url or null}`; the cursor marks a place, not a page number."""

    page_size = 50
    ordering: tuple[str, ...] = ("-last_seen", "-id")

    def get_paginated_response(self, data: list[Any]) -> Response:
        return Response({"results": data, "next": self.get_next_link()})


class ByName(NewestFirst):
    """The same, in the order of names, which are unique."""

    ordering: tuple[str, ...] = ("name",)
