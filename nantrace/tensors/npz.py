"""`.npz` archives: arrays by name, never pickled objects."""

from typing import IO

from nantrace.tensors.limits import MAX_TENSORS, TableLimits
from nantrace.tensors.npy import read_npy
from nantrace.tensors.refusals import Malformed, Refusal, TooLarge
from nantrace.tensors.tensor import Tensor
from nantrace.tensors.zip_archives import ZIP_ERRORS, open_zip

_HEADER_BYTES = 2**16  # what .npy headers take beside the arrays


def read_npz(file: IO[bytes], field: str, limits: TableLimits) -> dict[str, Tensor]:
    """The arrays by name, each a tensor of that name.

    Raises Refusal: about the archive it names `field`, about one array that array's name.
    """
    with open_zip(file, field, limits.unpacked_bytes + _HEADER_BYTES, limits.way_out) as archive:
        members = archive.infolist()
        if len(members) > 2 * MAX_TENSORS:
            raise TooLarge(field, f"holds {len(members)} arrays; the limit is {MAX_TENSORS}")
        tensors = {}
        for member in members:
            name = member.filename.removesuffix(".npy")
            if name == member.filename:
                raise Malformed(field, f"holds the file {name[:100]!r}, which is no .npy array")
            try:
                with archive.open(member) as npy:
                    tensors[name] = read_npy(npy, member.file_size, name, name, limits)
            except Refusal:
                raise
            except ZIP_ERRORS as error:
                raise Malformed(name, f"cannot be unpacked: {error}") from None
        return tensors
