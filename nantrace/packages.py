"""Packages that only some calls need, and what to say where one is not installed."""

from importlib.util import find_spec


class MissingPackageError(ImportError):
    """A package that this call needs is not installed; the text says which, and how to install it."""


def need(package: str, purpose: str) -> None:
    """Raises MissingPackageError where `package` cannot be imported; `purpose` is what it is needed for.

    It looks for the package without importing it.
    """
    if find_spec(package) is None:
        raise MissingPackageError(
            f"{purpose} needs the package {package}, which is not installed here: pip install {package}"
        )
