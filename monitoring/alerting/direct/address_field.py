"""The form field of an address to post to."""

from django import forms
from django.conf import settings
from django.core.validators import URLValidator


class AddressField(forms.CharField):
    """A URL, kept secret: it is never shown again. With https, unless the operator allows private addresses."""

    widget = forms.PasswordInput(attrs={"autocomplete": "off"})

    def __init__(self, label: str, help_text: str = "") -> None:
        super().__init__(max_length=2000, label=label, help_text=help_text)

    def run_validators(self, value: str) -> None:
        """Raises ValidationError without the value."""
        schemes = ["https"] if settings.NANWATCH_ALERT_ADDRESSES == "public" else ["https", "http"]
        validator = URLValidator(schemes=schemes, message=f"Give a URL that begins with {schemes[0]}://.")
        validator(value)
