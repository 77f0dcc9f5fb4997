"""Runs the cases, prints what fails, and writes the confusion matrix into the page of numbers.

python -m tests.cases.runner [GLOB ...]          with globs nothing is written
"""

import json
import sys
import tempfile
import time
from fnmatch import fnmatch
from pathlib import Path

from tests.cases.runner.confusion import write_matrix
from tests.cases.runner.known_failures import known_failures
from tests.cases.runner.run_cases import case_names, run_cases


def main(globs: list[str]) -> None:
    names = [name for name in case_names() if not globs or any(fnmatch(name, glob) for glob in globs)]
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="cases-") as folder:
        results = run_cases(names, Path(folder))
    known = known_failures()
    for name, result in results.items():
        if result.failing or name in known:
            print(f"[{name}]\nfailing = {json.dumps(result.failing)}  # {result.score and result.score.causes}")
    passed = sum(not result.failing for result in results.values())
    print(f"{passed} of {len(results)} pass, {time.monotonic() - began:.0f} s")
    if not globs:
        write_matrix(list(results.values()))


if __name__ == "__main__":
    main(sys.argv[1:])
