"""A destination is one folder: it is found, asked and delivered to without another line anywhere."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitoring import alerting, tasks
from monitoring.alerting import AlertDestination

SIREN = """
from pathlib import Path

from monitoring.alerting import AlertDestination

HERE = Path(__file__).parent


def is_configured() -> bool:
    return not (HERE / "off").exists()


def deliver() -> None:
    (HERE / "heard").touch()
    if (HERE / "broken").exists():
        raise RuntimeError("the siren is broken")


DESTINATION = AlertDestination(is_configured, deliver)
"""


@pytest.fixture
def siren(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a destination that is somebody else's, before all others in the order of names."""
    folder = tmp_path / "a_siren"
    folder.mkdir()
    (folder / "__init__.py").write_text(SIREN)
    monkeypatch.setattr(alerting, "__path__", [str(tmp_path), *alerting.__path__])
    yield folder
    sys.modules.pop("monitoring.alerting.a_siren", None)


def test_every_folder_is_a_destination() -> None:
    found = alerting.find_destinations()

    assert "cloud_monitoring" in found
    assert all(isinstance(one, AlertDestination) for one in found.values())


def test_a_new_folder_is_delivered_to(siren: Path) -> None:
    tasks.write_metrics()

    assert (siren / "heard").exists()


def test_one_that_is_not_configured_is_left_alone(siren: Path) -> None:
    (siren / "off").touch()

    tasks.write_metrics()

    assert not (siren / "heard").exists()


def test_one_that_fails_does_not_stop_the_others(
    siren: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (siren / "broken").touch()
    delivered: list[str] = []
    others = {"another": AlertDestination(lambda: True, lambda: delivered.append("another"))}
    found = alerting.find_destinations
    monkeypatch.setattr(alerting, "find_destinations", lambda: found() | others)

    tasks.write_metrics()

    assert delivered == ["another"]
    assert "a_siren" in caplog.text
