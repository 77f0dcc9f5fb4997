"""`python -m tests.alerting.terraform` writes deploy/terraform/nanwatch.tf.json from the table of policies.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/monitoring_alert_policy
"""

import json
from pathlib import Path
from typing import Any

from google.cloud.monitoring_dashboard_v1 import Dashboard
from google.cloud.monitoring_v3.types import AlertPolicy

from monitoring.alerting.cloud_monitoring.dashboard import dashboard
from monitoring.alerting.cloud_monitoring.policies import POLICIES
from monitoring.alerting.cloud_monitoring.policy_spec import PolicySpec

FILE = Path(__file__).resolve().parents[2] / "deploy/terraform/nanwatch.tf.json"
BASE, CHANNELS = "BASE-URL", "CHANNELS"

Json = dict[str, Any]


def configuration() -> Json:
    """Seven policies and the dashboard, in the JSON syntax of Terraform."""
    shown = Dashboard.to_dict(
        dashboard(),
        use_integers_for_enums=False,
        preserving_proto_field_name=False,
        always_print_fields_with_no_presence=False,
    )
    return {
        "//": "made by python -m tests.alerting.terraform, from the table of policies: do not edit",
        "resource": {
            "google_monitoring_alert_policy": {_name(policy): _policy(policy) for policy in POLICIES},
            "google_monitoring_dashboard": {
                "nanwatch": {"project": "${var.project}", "dashboard_json": json.dumps(shown)}
            },
        },
    }


def _name(policy: PolicySpec) -> str:
    return policy.key.replace("-", "_")


def _policy(spec: PolicySpec) -> Json:
    policy = spec.policy(BASE, [CHANNELS])
    made: Json = AlertPolicy.to_dict(policy, use_integers_for_enums=False, always_print_fields_with_no_presence=False)
    for condition in made["conditions"]:
        if "condition_threshold" in condition:
            condition["condition_threshold"].setdefault("threshold_value", 0)
    strategy = made["alert_strategy"].pop("notification_channel_strategy", None)
    escaped: Json = json.loads(json.dumps(made).replace("${", "$${").replace(BASE, "${var.base_url}"))
    if strategy:
        (repeated,) = strategy
        content = {**repeated, "notification_channel_names": "${var.notification_channels}"}
        some = "${length(var.notification_channels) > 0 ? [1] : []}"
        block = {"notification_channel_strategy": {"for_each": some, "content": content}}
        escaped["alert_strategy"]["dynamic"] = block
    return {**escaped, "project": "${var.project}", "notification_channels": "${var.notification_channels}"}


def text() -> str:
    return json.dumps(configuration(), indent=2) + "\n"


if __name__ == "__main__":
    FILE.write_text(text())
