"""What stands between the supervisor and its programs."""

import os
import subprocess
import sys

PRINT_NICENESS = "import os; print(os.nice(0))"


def test_a_program_stands_back_as_far_as_it_is_told() -> None:
    ours = os.nice(0)
    command = [sys.executable, "-m", "nantrace.replay.mortal", str(os.getpid()), "5"]

    answer = subprocess.run(
        [*command, sys.executable, "-c", PRINT_NICENESS], capture_output=True, check=True, text=True
    )

    assert int(answer.stdout) == min(ours + 5, 19)
