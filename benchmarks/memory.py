"""Resident memory of the processes of `manage.py up`, in MB: `python -m benchmarks.memory [--posts N]`.

RSS counts a page once for every process that maps it, PSS shares it among them: their sum is what the machine gives.
"""

import argparse
import re
from pathlib import Path

from benchmarks.service import tutorial_service
from tests.operations.running import Running

PROGRAMS = {
    "web": "gunicorn",
    "replay": "--queues=replay",
    "its children": "nantrace.replay.zygote",
    "tasks": "--queues=default",
    "beat": "nanwatch beat",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=200)
    posts = parser.parse_args().posts
    with tutorial_service() as service:
        show("one batch replayed", service.running)
        for batch in [service.post() for _ in range(posts)]:
            service.until_incident(batch)
        show(f"after {posts} posts", service.running)


def show(moment: str, running: Running) -> None:
    processes = running.processes()
    for name, words in PROGRAMS.items():
        pids = [pid for pid, command in processes.items() if words in command]
        rss, pss = (sum(megabytes(pid, kind) for pid in pids) for kind in ("Rss", "Pss"))
        print(f"{moment:20} {name:13} {len(pids)} processes  RSS {rss:6.0f}  PSS {pss:6.0f}", flush=True)


def megabytes(pid: int, kind: str) -> float:
    """From the kernel's account of a process (proc_pid_smaps(5))."""
    found = re.search(rf"^{kind}:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    assert found
    return int(found[1]) / 1024


if __name__ == "__main__":
    main()
