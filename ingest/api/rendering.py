"""Responses are strict JSON."""

from collections.abc import Mapping
from typing import Any

from rest_framework.renderers import JSONRenderer

from nantrace.tensors.strict_json import strict


class StrictJSONRenderer(JSONRenderer):
    """Non-finite numbers leave as the strings that requests may use for them, never as bare tokens."""

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return super().render(strict(data), accepted_media_type, renderer_context)
