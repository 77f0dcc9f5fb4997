"""Names of files inside archives from strangers."""

from collections.abc import Collection
from pathlib import PurePosixPath

from nantrace.tensors.refusals import UnusableFile

_MAX_PATH = 500


def check_member_name(name: str) -> str:
    """The name without a leading `./`; raises UnusableFile when it would lead out of the folder."""
    path = PurePosixPath(name)
    bad = path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name
    if bad or len(name) > _MAX_PATH or not name.isprintable():
        raise UnusableFile("artifact", f"holds a file with the unsafe name {name[:100]!r}")
    return str(path)


def check_member_names(names: Collection[str]) -> None:
    """Raises UnusableFile when two files would be unpacked to one place, or one below another."""
    unique = set(names)
    folders = {str(folder) for name in unique for folder in PurePosixPath(name).parents}
    if len(unique) < len(names) or unique & folders:
        raise UnusableFile("artifact", "holds two files of the same name, or a file that is also a folder")
