"""Long lists in parts: numbered pages for people, a cursor that new rows do not move for programs."""

from typing import Any, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.dateparse import parse_datetime
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from nantrace.tensors.strict_json import is_storable

PAGE_SIZE = 50
Row = TypeVar("Row", bound=Model)


def page_of(request: HttpRequest, rows: QuerySet[Row], size: int = PAGE_SIZE) -> Page[Row]:
    """The page named by `?page=`; the nearest one when there is no such page."""
    return Paginator(rows, size).get_page(request.GET.get("page"))


class NewestFirst(CursorPagination):
    """`{"results": [...], "next": url or null}`; the cursor marks a place, not a page number.

    Raises NotFound for a cursor that this service did not make.
    """

    page_size = PAGE_SIZE
    ordering: tuple[str, ...] = ("-last_seen", "-id")

    def decode_cursor(self, request: Request) -> Any:
        cursor = super().decode_cursor(request)
        if cursor is not None and cursor.position is not None and not self.is_place(str(cursor.position)):
            raise NotFound(self.invalid_cursor_message)
        return cursor

    def is_place(self, position: str) -> bool:
        """Whether it may be compared with the first of `ordering`."""
        try:
            return parse_datetime(position) is not None
        except ValueError:
            return False

    def get_paginated_response(self, data: list[Any]) -> Response:
        return Response({"results": data, "next": self.get_next_link()})


class ByName(NewestFirst):
    """The same, in the order of names, which are unique."""

    ordering: tuple[str, ...] = ("name",)

    def is_place(self, position: str) -> bool:
        return is_storable(position)
