"""Lists in pages."""

from typing import TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest

PAGE_SIZE = 50
Row = TypeVar("Row", bound=Model)


def page_of(request: HttpRequest, rows: QuerySet[Row], size: int = PAGE_SIZE) -> Page[Row]:
    """The page named by `?page=`; the nearest one when there is no such page."""
    return Paginator(rows, size).get_page(request.GET.get("page"))
