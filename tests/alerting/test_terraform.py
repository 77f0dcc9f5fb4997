"""What deploy/terraform/ says is what `provision_alerts` makes."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from monitoring.alerting.cloud_monitoring.policies import POLICIES
from tests.alerting import terraform


def test_it_is_made_of_the_table_of_policies() -> None:
    assert terraform.FILE.read_text() == terraform.text(), "run python -m tests.alerting.terraform"


def test_it_has_all_policies_and_the_dashboard() -> None:
    resources = json.loads(terraform.FILE.read_text())["resource"]
    assert len(resources["google_monitoring_alert_policy"]) == len(POLICIES)
    shown = json.loads(resources["google_monitoring_dashboard"]["nanwatch"]["dashboard_json"])
    assert shown["displayName"] == "NaNWatch"


def test_labels_of_alerts_are_no_expressions_of_terraform() -> None:
    """`${metric.label.model}` is filled in by Cloud Monitoring; Terraform must not try."""
    text = terraform.FILE.read_text()
    assert text.count("${metric.label") == text.count("$${metric.label") > 0


def test_terraform_reads_it(tmp_path: Path) -> None:
    program = shutil.which("terraform")
    if program is None:
        pytest.skip("terraform is not installed")
    for file in terraform.FILE.parent.glob("*.tf*"):
        shutil.copy(file, tmp_path)
    for command in ("fmt -check", "get"):  # `validate` would load the provider from its registry
        run = subprocess.run([program, *command.split()], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stdout + run.stderr
