"""The form field of an address to post to."""

from urllib.parse import urlsplit

from django import forms
from django.conf import settings


class AddressField(forms.CharField):
    """A URL, kept secret: it is never shown again. With https, unless the operator allows private addresses."""

    widget = forms.PasswordInput(attrs={"autocomplete": "off"})

    def __init__(self, label: str, help_text: str = "", *, required: bool = True) -> None:
        super().__init__(max_length=2000, label=label, help_text=help_text, required=required)

    def validate(self, value: str) -> None:
        """Raises ValidationError without the value. A name inside a network may have no dot."""
        super().validate(value)
        schemes = ("https",) if settings.NANWATCH_ALERT_ADDRESSES == "public" else ("https", "http")
        if value and not _is_url(value, schemes):
            raise forms.ValidationError(f"Give a URL that begins with {' or '.join(f'{one}://' for one in schemes)}.")


def _is_url(value: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(value)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0 and " " not in value
    except ValueError:  # a port that is no number, half an IPv6 address
        return False
