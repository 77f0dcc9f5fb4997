"""`manage.py verify`: exit statuses, JSON and messages."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from ingest.models import Batch, Project
from monitoring.incidents import change_state
from monitoring.models import IncidentState
from tests.incidents.builders import NOON, hit, hours, make_finding, make_version

pytestmark = pytest.mark.django_db


def refused(*arguments: str) -> str:
    """The message of a wrong call, which is one line."""
    with pytest.raises(CommandError) as caught:
        call_command("verify", *arguments)
    assert caught.value.returncode == 2
    message = str(caught.value)
    assert "\n" not in message
    return message


@pytest.mark.tensorflow
def test_the_gate_opens(project: Project, files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ignored = hit(make_version(project), NOON + hours(1), [make_finding(cause="mask_empty")])
    change_state(ignored, IncidentState.IGNORED)
    drift = make_finding(symptom="drift", cause=None)
    hit(make_version(project, version="8"), NOON + hours(2), [make_finding(), drift])
    call_command("verify", str(files / "imputes.keras"), "--for", "churn", "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["cured"] is True
    assert [(one["id"], one["rows"], one["cured"], one["failing"]) for one in told["incidents"]] == [
        ("CHURN-2", 2, 2, [])
    ]


@pytest.mark.tensorflow
def test_the_gate_stays_closed(project: Project, files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hit(make_version(project))
    change_state(hit(make_version(project, version="8"), NOON + hours(1)), IncidentState.RESOLVED)
    with pytest.raises(SystemExit) as left:
        call_command("verify", str(files / "absorbs.keras"), "--for", "churn")
    assert left.value.code == 1
    out = capsys.readouterr().out
    assert "CHURN-1  0 of 4 stored rows cured" in out
    assert "(req-2): answers NaN or infinity without fused kernels" in " ".join(out.split())
    assert "1 of 1 incident not cured" in out


@pytest.mark.tensorflow
def test_a_model_without_incidents_passes(project: Project, files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_version(project)
    call_command("verify", str(files / "absorbs.keras"), "--for", "churn", "--json")
    assert json.loads(capsys.readouterr().out) == {"cured": True, "incidents": []}


def test_a_file_that_is_no_model(project: Project, tmp_path: Path) -> None:
    make_version(project)
    (tmp_path / "note.txt").write_text("hello")
    (tmp_path / "folder").mkdir()
    for name, expected in (
        ("note.txt", "is no .keras, .h5 or packed SavedModel"),
        ("folder", "without saved_model.pb"),
        ("nowhere.keras", "cannot be read: No such file or directory"),
    ):
        message = refused(str(tmp_path / name), "--for", "churn")
        assert expected in message
        assert name in message


def test_names_that_are_none(project: Project) -> None:
    assert "none is registered yet" in refused("m.keras", "--for", "churn")
    hit(make_version(project))
    make_version(Project.objects.create(name="bank"))
    assert "registered are churn" in refused("m.keras", "--for", "chrn")
    assert "say which project's churn is meant: bank, shop" in refused("m.keras", "--for", "churn")
    assert "no model is called churn in the project mall" in refused("m.keras", "--for", "churn", "--project", "mall")
    told = refused("m.keras", "--for", "churn", "--project", "bank", "--incident", "CHURN-1")
    assert "churn has no incident CHURN-1" in told


def test_drift_cannot_be_cured_by_a_model(project: Project) -> None:
    hit(make_version(project), findings=[make_finding(symptom="drift", cause=None)])
    assert "it has no failing rows" in refused("m.keras", "--for", "churn", "--incident", "CHURN-1")


@pytest.mark.tensorflow
def test_rows_that_retention_removed_leave_nothing_to_say(project: Project, files: Path) -> None:
    incident = hit(make_version(project))
    Batch.objects.get(hits__incident=incident).delete()
    told = refused(str(files / "imputes.keras"), "--for", "churn")
    assert "no failing row of CHURN-1 is still stored" in told
