"""docker-compose.yml: valid, pinned, without root, without a secret, and the same programs as `up`."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitoring.supervision.programs import behind_the_web

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "docker-compose.yml"
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(FILE.read_text())["services"]
SECRETS = {
    "NANWATCH_SECRET_KEY": "k" * 40,
    "NANWATCH_POSTGRES_PASSWORD": "p" * 40,
    "NANWATCH_BOOTSTRAP_ADMIN": "admin:" + "w" * 20,
}


def valid(path: Path) -> subprocess.CompletedProcess[str]:
    """Checks against the Compose Specification's schema, which ships in check-jsonschema."""
    return subprocess.run(
        [Path(sys.executable).with_name("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", path],
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_follows_the_compose_specification(tmp_path: Path) -> None:
    answer = valid(FILE)
    assert answer.returncode == 0, answer.stdout
    wrong = tmp_path / "docker-compose.yml"
    wrong.write_text(FILE.read_text().replace("healthcheck:", "healthchecks:"))
    assert valid(wrong).returncode == 1


def test_what_the_image_holds_is_all_that_the_service_imports(tmp_path: Path) -> None:
    """The files that `.dockerignore` leaves, without the checkout around them, compiled as they are."""
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        source = ROOT / line.removeprefix("!")
        if line.startswith("!") and source.is_dir():
            shutil.copytree(source, tmp_path / source.name)
        elif line.startswith("!"):
            shutil.copy(source, tmp_path)
    environment = {"NANWATCH_DATA_DIR": str(tmp_path / "data")}
    command = [sys.executable, "manage.py", "check"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    loaded = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["root_packages"])
    assert loaded <= {one.name for one in tmp_path.iterdir()}


@pytest.mark.parametrize("name", SERVICES)
def test_images_are_pinned(name: str) -> None:
    assert re.search(r":\d+(\.\d+)+(-\w+)?$", SERVICES[name]["image"])


@pytest.mark.parametrize("name", SERVICES)
def test_nothing_runs_as_root_or_may_become_it(name: str) -> None:
    service = SERVICES[name]
    assert service["user"].partition(":")[0] not in ("", "0", "root")
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("name", [name for name in SERVICES if name not in ("prepare", "web")])
def test_what_keeps_running_tells_its_health(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]


def test_the_image_tells_the_health_of_the_web() -> None:
    assert "HEALTHCHECK" in (ROOT / "Dockerfile").read_text()
    assert "healthcheck" not in SERVICES["web"]


@pytest.mark.parametrize("secret", SECRETS)
def test_secrets_come_from_the_environment_or_it_does_not_start(secret: str) -> None:
    used = re.findall(rf"\$\{{{secret}(\S*)", FILE.read_text())
    assert used
    assert all(use.startswith(":?") for use in used)


@pytest.mark.parametrize("name", ["prepare", "web"])
def test_production_accepts_its_settings(name: str, tmp_path: Path) -> None:
    environment = {key: substituted(value) for key, value in SERVICES[name]["environment"].items()}
    answer = subprocess.run(
        [sys.executable, ROOT / "manage.py", "check"],
        env={**environment, "NANWATCH_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    assert environment["NANWATCH_ENV"] == "production"


@pytest.mark.parametrize("name", ["replay", "tasks"])
def test_its_workers_are_those_of_up(name: str) -> None:
    (program,) = (program for program in behind_the_web() if program.name == name)
    ours = set(SERVICES[name]["command"])
    assert ours - {"celery"} == set(program.command[3:])


def substituted(value: str) -> str:
    """What compose makes of `${NAME:-default}` and `${NAME:?message}`."""
    return re.sub(
        r"\$\{(\w+):([-?])([^}]*)\}",
        lambda found: SECRETS.get(found[1], found[3] if found[2] == "-" else ""),
        value,
    )
