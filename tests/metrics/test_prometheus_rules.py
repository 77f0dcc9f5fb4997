"""The rules for Prometheus are the policies of Cloud Monitoring, by promtool and by the table of policies."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from google.cloud.monitoring_v3.types import AlertPolicy

from monitoring.alerting.cloud_monitoring.policies import POLICIES
from monitoring.metrics.prometheus import name_of
from monitoring.metrics.table import Metric

RULES = Path(__file__).resolve().parents[2] / "deploy/prometheus/nanwatch.rules.yml"
TESTS = Path(__file__).with_name("nanwatch.rules.test.yml")


@pytest.fixture(scope="module")
def rules() -> dict[str, Any]:
    """By the key of the policy."""
    (group,) = yaml.safe_load(RULES.read_text())["groups"]
    return {rule["labels"]["policy"]: rule for rule in group["rules"]}


def test_they_fire_when_they_should(tmp_path: Path) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed (Debian: apt-get install prometheus)")
    for file in (RULES, TESTS):
        shutil.copy(file, tmp_path)
    run = subprocess.run(
        [promtool, "test", "rules", TESTS.name], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_each_policy_has_its_rule(rules: dict[str, Any]) -> None:
    assert list(rules) == [policy.key for policy in POLICIES]
    for policy in POLICIES:
        assert rules[policy.key]["labels"]["severity"] == AlertPolicy.Severity(policy.severity).name.lower()


def test_they_have_the_same_limits(rules: dict[str, Any]) -> None:
    for policy in POLICIES:
        threshold = policy.condition.get("condition_threshold")
        limit = re.search(r"[<>] ([\d.]+)$", rules[policy.key]["expr"])
        assert (float(limit[1]) if limit else None) == (threshold and threshold["threshold_value"])
    assert rules["silence"]["for"] == "5m"


def test_they_ask_for_metrics_that_there_are(rules: dict[str, Any]) -> None:
    known = {name_of(metric) for metric in Metric}
    assert {name for rule in rules.values() for name in re.findall(r"nanwatch_\w+", rule["expr"])} <= known
