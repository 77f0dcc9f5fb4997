"""What replays models here, in one text: where it differs, rows that could not be replayed may well be."""

from functools import cache
from importlib.metadata import PackageNotFoundError, version

from django.conf import settings

import nantrace

PARTS = ("tensorflow", "keras", "tf-keras", "numpy")


@cache
def replay_software() -> str:
    """The versions of this installation, and what children may do; at most 200 characters."""
    lock = "required" if settings.NANWATCH_SANDBOX else "off"
    memory = settings.NANWATCH_REPLAY_MEMORY or "usual"
    parts = [f"{name} {_version(name)}" for name in PARTS]
    return ", ".join([f"nantrace {nantrace.__version__}", *parts, f"sandbox {lock}", f"memory {memory}"])[:200]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "-"
