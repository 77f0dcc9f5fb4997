"""Alert policies: what Google refuses is refused, what Google fills in is filled in."""

import re
from typing import Any

import grpc
from google.cloud.monitoring_v3.types import (
    AlertPolicy,
    CreateAlertPolicyRequest,
    ListAlertPoliciesRequest,
    ListAlertPoliciesResponse,
    UpdateAlertPolicyRequest,
)
from google.protobuf.wrappers_pb2 import BoolValue

from monitoring.google_stand_in.cloud import CloudStandIn
from monitoring.google_stand_in.grpc_server import Method
from monitoring.google_stand_in.policy_rules import RULES


def _list(cloud: CloudStandIn, _request: Any, _context: Any) -> ListAlertPoliciesResponse:
    return ListAlertPoliciesResponse(alert_policies=[*cloud.policies.values()])


def _create(cloud: CloudStandIn, request: CreateAlertPolicyRequest, context: Any) -> AlertPolicy:
    cloud.writes += 1
    _refuse(cloud, request.alert_policy, context)
    return _stored(cloud, f"{request.name}/alertPolicies/{len(cloud.policies) + 1}", request.alert_policy)


def _update(cloud: CloudStandIn, request: UpdateAlertPolicyRequest, context: Any) -> AlertPolicy:
    cloud.writes += 1
    sent, known = request.alert_policy, cloud.policies.get(request.alert_policy.name)
    if known is None:
        context.abort(grpc.StatusCode.NOT_FOUND, f"no policy is called {sent.name}")
    if list(request.update_mask.paths) == ["user_labels"]:
        sent = AlertPolicy(known, user_labels=sent.user_labels)
    _refuse(cloud, sent, context)
    return _stored(cloud, sent.name, sent)


def _stored(cloud: CloudStandIn, name: str, sent: AlertPolicy) -> AlertPolicy:
    """With what the server fills in: names of conditions, `enabled`, who made it."""
    policy = AlertPolicy(sent, name=name, enabled=BoolValue(value=True))
    policy.creation_record.mutated_by = "somebody@example.com"
    for number, condition in enumerate(policy.conditions):
        condition.name = condition.name or f"{name}/conditions/{cloud.writes}{number}"
    cloud.policies[name] = policy
    return policy


def _refuse(cloud: CloudStandIn, policy: AlertPolicy, context: Any) -> None:
    if cloud.unknown_for:
        cloud.unknown_for -= 1
        context.abort(grpc.StatusCode.NOT_FOUND, "Cannot find metric that matches type; it may take up to 10 minutes")
    for rule in RULES:
        if refusal := rule(cloud, policy):
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, refusal)
    for condition in policy.conditions:
        filter_ = condition.condition_threshold.filter or condition.condition_absent.filter
        kind = re.search(r'metric\.type="([^"]+)"', filter_)
        if kind and kind[1] not in cloud.descriptors:
            context.abort(grpc.StatusCode.NOT_FOUND, f"Cannot find metric that matches type = {kind[1]!r}")


POLICY_SERVICE = {
    "ListAlertPolicies": Method(ListAlertPoliciesRequest, ListAlertPoliciesResponse.serialize, _list),
    "CreateAlertPolicy": Method(CreateAlertPolicyRequest, AlertPolicy.serialize, _create),
    "UpdateAlertPolicy": Method(UpdateAlertPolicyRequest, AlertPolicy.serialize, _update),
}
