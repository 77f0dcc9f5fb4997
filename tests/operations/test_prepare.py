"""`manage.py prepare` gets a database ready for web and workers that are started elsewhere."""

import subprocess
import sys
from pathlib import Path

from tests.operations.conftest import NewServers
from tests.operations.running import ROOT


def prepare(data_dir: Path, servers: dict[str, str]) -> str:
    answer = subprocess.run(
        [sys.executable, ROOT / "manage.py", "prepare"],
        env={"NANWATCH_DATA_DIR": str(data_dir), **servers},
        capture_output=True,
        text=True,
        check=True,
    )
    return answer.stdout


def test_secrets_are_printed_by_the_first_run_only(tmp_path: Path, new_servers: NewServers) -> None:
    servers = new_servers()
    first, second = prepare(tmp_path, servers), prepare(tmp_path, servers)
    assert "API key   nw_" in first
    assert "nw_" not in second
    password = first.partition("password  ")[2].split()[0]
    assert len(password) >= 12
    assert password not in second
