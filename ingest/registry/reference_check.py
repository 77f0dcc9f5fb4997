"""Reads an uploaded reference in a short-lived process: native parsers read untrusted files there.

`python -m ingest.registry.reference_check FILE MAX_BYTES` exits 0 when the file can be used, else 1 with the reason on
standard output.
"""

import resource
import subprocess
import sys
from pathlib import Path

from ingest.limits import MAX_FILE_BYTES
from nantrace.tensors.limits import GIB
from nantrace.tensors.refusals import Refusal, UnusableFile
from nantrace.tensors.table_files import read_table

_SECONDS = 120
_MEMORY = 12 * GIB  # of address space, of which Arrow reserves much and uses little
_ROOT = Path(__file__).resolve().parents[2]


def check_reference(path: Path) -> None:
    """Raises UnusableFile naming `reference` when the file cannot be read as a table."""
    command = [sys.executable, "-m", "ingest.registry.reference_check", str(path), str(MAX_FILE_BYTES)]
    try:
        done = subprocess.run(command, cwd=_ROOT, env={}, capture_output=True, text=True, timeout=_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise UnusableFile("reference", f"takes more than {_SECONDS} seconds to read; send fewer rows") from None
    if done.returncode == 0:
        return
    if done.returncode == 1 and done.stdout:
        raise UnusableFile("reference", done.stdout.strip())
    raise UnusableFile("reference", "cannot be read within the limits of memory and time; send fewer rows")


def main() -> int:
    """The child: bounded before it opens the file."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        read_table(Path(sys.argv[1]), "reference", int(sys.argv[2]))
    except Refusal as refusal:
        sys.stdout.write(refusal.message)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
