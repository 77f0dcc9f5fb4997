"""The OpenAPI side of the read API: what each call takes and answers."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from ingest.api.openapi import ROW_ERRORS
from monitoring.models import AuditState, CloudAlertState, IncidentState
from monitoring.web.labels import BATCH_STATES
from nantrace.diagnosis.finding import Grade
from nantrace.severity import SEVERITIES
from nantrace.vocabulary import CAUSES, SYMPTOMS

Schema = dict[str, Any]
_JSON, _PROBLEM = "application/json", "application/problem+json"


def fields(**properties: Schema) -> Schema:
    """An object that always has all of these."""
    return {"type": "object", "properties": properties, "required": list(properties)}


def list_of(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def or_null(schema: Schema) -> Schema:
    return {"oneOf": [schema, {"type": "null"}]}


def one_of(values: Any) -> Schema:
    return {"type": "string", "enum": list(values)}


def _page_of(item: Schema) -> Schema:
    return fields(results=list_of(item), next=or_null({"type": "string", "format": "uri"}))


TEXT: Schema = {"type": "string"}
COUNT: Schema = {"type": "integer", "minimum": 0}
MOMENT: Schema = {"type": "string", "format": "date-time"}
LINK: Schema = {"type": "string", "format": "uri"}
ANY_OBJECT: Schema = {"type": "object", "additionalProperties": True}
NUMBER: Schema = {"oneOf": [{"type": "number"}, one_of(["NaN", "Infinity", "-Infinity"]), {"type": "null"}]}

PLACE = fields(
    kind=one_of(["input", "weight", "constant", "operation"]),
    layer=or_null(TEXT),
    operation=or_null(TEXT),
    name=TEXT,
    iteration=or_null({"type": "integer"}),
    value=or_null(one_of(["NaN", "Infinity", "-Infinity"])),
    inputs=list_of(fields(min=NUMBER, max=NUMBER)),
)
FEATURE = fields(
    input=TEXT,
    name=TEXT,
    index=COUNT,
    reason=TEXT,
    rows=COUNT,
    values=list_of({}),
    reference=or_null(fields(min=NUMBER, max=NUMBER, mean=NUMBER)),
    positions={
        **or_null({**list_of(COUNT), "minItems": 2, "maxItems": 2}),
        "description": "of a sequence or an image: the first and the last responsible place; else null",
    },
)
SUMMARY = fields(
    id={"type": "string", "example": "CHURN-12"},
    model=TEXT,
    version=TEXT,
    symptom=one_of(SYMPTOMS),
    state=one_of(IncidentState.values),
    severity=one_of(SEVERITIES),
    cause=or_null(one_of(CAUSES)),
    confidence={"type": "number", "minimum": 0, "maximum": 1},
    proof=fields(grade=one_of([one.value for one in Grade]), rows=COUNT, cured=COUNT),
    title=TEXT,
    rows=COUNT,
    first_seen=MOMENT,
    last_seen=MOMENT,
    row_indices=list_of(COUNT),
    origin=or_null(PLACE),
    nan_birth=or_null(PLACE),
    features=list_of(FEATURE),
    reproduced_in=list_of(TEXT),
    evidence=list_of(fields(test=TEXT, rows=COUNT, cured=COUNT, note=TEXT)),
    remedies=list_of(fields(id=TEXT, title=TEXT, why=TEXT, code=TEXT, proven={"type": "boolean"})),
    related={
        **list_of(TEXT),
        "description": "incidents that show the same fault from the other side: drift for failing rows, failing rows "
        "for drift",
    },
    url=LINK,
)
EXAMPLE = fields(
    batch=TEXT,
    row=COUNT,
    id=or_null(TEXT),
    inputs={},
    outputs={},
    answers={
        **or_null({"type": "object"}),
        "description": "the first cells of each output, by replay and by the experiment that cured the row",
    },
    cured_by={**or_null(TEXT), "description": "the test of `evidence` that cured the row"},
)
LAYER = fields(
    layer=TEXT,
    operation=TEXT,
    dtype=one_of(["float16", "bfloat16", "float32", "float64"]),
    max={
        "oneOf": [{"type": "number", "minimum": 0}, one_of(["NaN", "Infinity"])],
        "description": "the largest magnitude behind the layer, of up to 64 of the rows",
    },
    bad_rows={**COUNT, "description": "how many of these rows hold NaN or infinity there"},
    headroom={
        **or_null({"type": "number"}),
        "description": "decades between `max` and the largest number of the dtype; null where `max` is bad or 0",
    },
)
NEW_NORMAL = fields(
    incident=TEXT,
    version=TEXT,
    since=MOMENT,
    until=MOMENT,
    hours=COUNT,
    rows=COUNT,
    features=list_of(TEXT),
    reason=TEXT,
    accepted_at=MOMENT,
    accepted_by={**or_null(TEXT), "description": "null for an API key, whose name stands in the reason"},
)
CLOUD_ALERT = fields(
    id=TEXT,
    policy=TEXT,
    severity=TEXT,
    state=one_of(CloudAlertState.values),
    started_at=or_null(MOMENT),
    ended_at=or_null(MOMENT),
    received_at=MOMENT,
    url=TEXT,
)
INCIDENT = fields(
    **SUMMARY["properties"],
    new_normal={**or_null(NEW_NORMAL), "description": "the hours of this drift that a person accepted as normal"},
    layers={**list_of(LAYER), "description": "in the order of the computation"},
    failing_rows={
        "type": "object",
        "additionalProperties": list_of(COUNT),
        "description": "per variant of the replay, the rows of the newest batch that are not finite in it",
    },
    examples={**list_of(EXAMPLE), "maxItems": 20},
    alerts={**list_of(CLOUD_ALERT), "description": "what Google Cloud Monitoring reported of it, the newest first"},
)
BATCH = fields(
    batch=TEXT,
    model=TEXT,
    version=TEXT,
    signature=TEXT,
    state=one_of(BATCH_STATES),
    rows=COUNT,
    nonfinite_rows=COUNT,
    left_out={"type": "array", "items": TEXT, "description": "Columns that no input of the model is made of."},
    unanswered={"type": "boolean", "description": "The serving stack logged the request and no prediction to it."},
    row_errors=or_null(ROW_ERRORS),
    incidents=list_of(TEXT),
    failure=TEXT,
    observed_at=MOMENT,
    received_at=MOMENT,
)
AUDIT = fields(
    state=one_of(AuditState.values),
    findings=list_of(fields(code=TEXT, severity=TEXT, layer=or_null(TEXT), message=TEXT, remedy=TEXT)),
)
VERSION_SUMMARY = fields(version=TEXT, registered_at=MOMENT, audit=AUDIT)
MODEL = fields(name=TEXT, registered_at=MOMENT, open_incidents=COUNT, versions=list_of(VERSION_SUMMARY), url=LINK)
VERSION = fields(
    model=TEXT,
    **VERSION_SUMMARY["properties"],
    artifact=fields(format=TEXT, bytes=COUNT, sha256=TEXT),
    metadata=ANY_OBJECT,
    environment=ANY_OBJECT,
    signature=or_null(ANY_OBJECT),
    reference=or_null(ANY_OBJECT),
    unanswered=fields(rows=COUNT, last_at=or_null(MOMENT)),
    url=LINK,
)
PROBLEM = fields(
    type=TEXT,
    title=TEXT,
    status=COUNT,
    detail=TEXT,
    errors=list_of(fields(field=TEXT, message=TEXT)),
)


def _answers(schema: Schema, *problems: int) -> dict[tuple[int, str], Schema]:
    return {(200, _JSON): schema, **{(status, _PROBLEM): PROBLEM for status in (401, 403, *problems)}}


def _filter(name: str, meaning: str, values: Any = None) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.STR, description=meaning, enum=list(values) if values else None)


_CURSOR = _filter("cursor", "a place in the list, taken from `next`")
LIST_INCIDENTS: dict[str, Any] = {
    "tags": ["incidents"],
    "operation_id": "list_incidents",
    "parameters": [
        _filter("model", "name of a model"),
        _filter("version", "a version that hit the incident"),
        _filter("state", "what a person decided", IncidentState.values),
        _filter("severity", "how urgent", SEVERITIES),
        _filter("cause", "why", CAUSES),
        _filter("symptom", "what was seen", SYMPTOMS),
        _CURSOR,
    ],
    "responses": _answers(_page_of(SUMMARY), 400),
}
GET_INCIDENT: dict[str, Any] = {
    "tags": ["incidents"],
    "operation_id": "get_incident",
    "responses": _answers(INCIDENT, 404),
}
PATCH_INCIDENT: dict[str, Any] = {
    "tags": ["incidents"],
    "operation_id": "change_incident",
    "request": {_JSON: fields(state=one_of(IncidentState.values))},
    "responses": _answers(INCIDENT, 400, 404, 422),
}
_REASON: Schema = {"type": "string", "maxLength": 250, "description": "why, for the history"}
ACCEPT_NEW_NORMAL: dict[str, Any] = {
    "tags": ["incidents"],
    "operation_id": "accept_new_normal",
    "request": {_JSON: fields(reason=_REASON)},
    "responses": _answers(INCIDENT, 400, 404, 422),
}
WITHDRAW_NEW_NORMAL: dict[str, Any] = {**ACCEPT_NEW_NORMAL, "operation_id": "withdraw_new_normal"}
GET_REPRODUCTION: dict[str, Any] = {
    "tags": ["incidents"],
    "operation_id": "get_reproduction",
    "responses": {
        (200, "application/zip"): OpenApiTypes.BINARY,
        **{(status, _PROBLEM): PROBLEM for status in (401, 403, 404)},
    },
}
REPORT_ALERT: dict[str, Any] = {
    "tags": ["incidents"],
    "operation_id": "report_alert",
    "parameters": [_filter("project", "of a push through Pub/Sub: the project that its token is for")],
    "request": {_JSON: ANY_OBJECT},
    "responses": _answers(fields(alert=or_null(TEXT), incidents=list_of(TEXT), note=TEXT), 400, 413, 422, 429, 503),
}
GET_BATCH: dict[str, Any] = {
    "tags": ["batches"],
    "operation_id": "get_batch",
    "responses": _answers(BATCH, 404),
}
REQUEUE_BATCH: dict[str, Any] = {
    "tags": ["batches"],
    "operation_id": "requeue_batch",
    "request": None,
    "responses": {(202, "application/json"): BATCH, **_answers(BATCH, 404, 409)},
}
LIST_MODELS: dict[str, Any] = {
    "tags": ["models"],
    "operation_id": "list_models",
    "parameters": [_CURSOR],
    "responses": _answers(_page_of(MODEL)),
}
GET_MODEL: dict[str, Any] = {
    "tags": ["models"],
    "operation_id": "get_model",
    "responses": _answers(MODEL, 404),
}
GET_VERSION: dict[str, Any] = {
    "tags": ["models"],
    "operation_id": "get_version",
    "responses": _answers(VERSION, 404),
}
