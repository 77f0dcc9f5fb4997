"""Long lists in parts: numbered pages for people, a cursor that new rows do not move for programs."""

from typing import Any, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from rest_framework.pagination import CursorPagination
from rest_framework.response import Response

PAGE_SIZE = 50
Row = TypeVar("Row", bound=Model)


def page_of(request: HttpRequest, rows: QuerySet[Row], size: int = PAGE_SIZE) -> Page[Row]:
    """The page named by `?page=`; the nearest one when there is no such page."""
    return Paginator(rows, size).get_page(request.GET.get("page"))


class NewestFirst(CursorPagination):
    """`{"results": [...], "next": url or null}`; the cursor marks a place, not a page number."""

    page_size = PAGE_SIZE
    ordering: tuple[str, ...] = ("-last_seen", "-id")

    def get_paginated_response(self, data: list[Any]) -> Response:
        return Response({"results": data, "next": self.get_next_link()})


class ByName(NewestFirst):
    """The same, in the order of names, which are unique."""

    ordering: tuple[str, ...] = ("name",)
