"""Alert policies: what Google refuses is refused, what Google fills in is filled in."""

from typing import Any

import grpc
from google.cloud.monitoring_v3.types import (
    AlertPolicy,
    CreateAlertPolicyRequest,
    DeleteAlertPolicyRequest,
    GetAlertPolicyRequest,
    ListAlertPoliciesRequest,
    ListAlertPoliciesResponse,
    MutationRecord,
    UpdateAlertPolicyRequest,
)
from google.protobuf.empty_pb2 import Empty
from google.protobuf.wrappers_pb2 import BoolValue

from monitoring.google_stand_in.alerts import close_all
from monitoring.google_stand_in.cloud import CloudStandIn
from monitoring.google_stand_in.grpc_server import Method, updated
from monitoring.google_stand_in.policy_rules import unknown_metrics, wrong_policy

MOST_POLICIES = 500
BY = "stand-in@example.com"


def _list(cloud: CloudStandIn, _request: Any, _context: Any) -> ListAlertPoliciesResponse:
    return ListAlertPoliciesResponse(alert_policies=[*cloud.policies.values()])


def _get(cloud: CloudStandIn, request: GetAlertPolicyRequest, context: Any) -> AlertPolicy:
    return _known(cloud, request.name, context)


def _create(cloud: CloudStandIn, request: CreateAlertPolicyRequest, context: Any) -> AlertPolicy:
    cloud.writes += 1
    if len(cloud.policies) >= MOST_POLICIES:
        context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "Quota of alert policies is exceeded")
    _refuse(cloud, request.alert_policy, context)
    return _stored(cloud, AlertPolicy(request.alert_policy, name=f"{request.name}/alertPolicies/{cloud.writes}"))


def _update(cloud: CloudStandIn, request: UpdateAlertPolicyRequest, context: Any) -> AlertPolicy:
    cloud.writes += 1
    known = _known(cloud, request.alert_policy.name, context)
    sent = updated(known, request.alert_policy, request.update_mask.paths, context)
    _refuse(cloud, sent, context)
    sent.creation_record = known.creation_record
    stored = _stored(cloud, sent)
    close_all(cloud, {one.name for one in known.conditions} - {one.name for one in stored.conditions})
    return stored


def _delete(cloud: CloudStandIn, request: DeleteAlertPolicyRequest, context: Any) -> Empty:
    known = _known(cloud, request.name, context)
    close_all(cloud, {one.name for one in known.conditions})
    del cloud.policies[request.name]
    return Empty()


def _known(cloud: CloudStandIn, name: str, context: Any) -> AlertPolicy:
    if name not in cloud.policies:
        context.abort(grpc.StatusCode.NOT_FOUND, f"The alert policy {name} was not found.")
    return cloud.policies[name]


def _stored(cloud: CloudStandIn, sent: AlertPolicy) -> AlertPolicy:
    """With what the server fills in: names of conditions, `enabled`, who made and changed it when."""
    policy = AlertPolicy(sent, enabled=BoolValue(value=sent.enabled is not False))
    record = MutationRecord(mutate_time=cloud.clock(), mutated_by=BY)
    policy.creation_record = policy.creation_record or record
    policy.mutation_record = record
    for number, condition in enumerate(policy.conditions):
        condition.name = condition.name or f"{policy.name}/conditions/{cloud.writes}{number}"
    cloud.policies[policy.name] = policy
    return policy


def _refuse(cloud: CloudStandIn, policy: AlertPolicy, context: Any) -> None:
    if refusal := wrong_policy(cloud, policy):
        context.abort(grpc.StatusCode.INVALID_ARGUMENT, refusal)
    if unknown := unknown_metrics(cloud, policy):
        message = (
            f'Cannot find metric that matches type = "{unknown[0]}". If a metric was created recently, it could take '
            "up to 10 minutes to become available. Please try again soon."
        )
        context.abort(grpc.StatusCode.NOT_FOUND, message)


POLICY_SERVICE = {
    "ListAlertPolicies": Method(ListAlertPoliciesRequest, ListAlertPoliciesResponse.serialize, _list),
    "GetAlertPolicy": Method(GetAlertPolicyRequest, AlertPolicy.serialize, _get),
    "CreateAlertPolicy": Method(CreateAlertPolicyRequest, AlertPolicy.serialize, _create),
    "UpdateAlertPolicy": Method(UpdateAlertPolicyRequest, AlertPolicy.serialize, _update),
    "DeleteAlertPolicy": Method(DeleteAlertPolicyRequest, Empty.SerializeToString, _delete),
}
