"""A project as it looks after a bad night: three models, five incidents, a day of traffic."""

import math
from datetime import datetime, timedelta

import numpy as np
from django.utils import timezone

from ingest.models import BatchState, ModelVersion, Project
from monitoring.incidents import change_state
from monitoring.models import AuditState, HourlyCount, Incident, IncidentState, VersionProfile
from nantrace.diagnosis.finding import (
    Evidence,
    Finding,
    LayerMagnitude,
    OperandRange,
    Origin,
    Reason,
    Remedy,
    ResponsibleFeature,
    RowAnswers,
    TrainingRange,
)
from nantrace.drift.take_reference import take_reference
from nantrace.tensors.framing import pack_tensors
from nantrace.tensors.tensor import Tensor, Tensors
from tests.incidents.builders import hit, hours, make_batch, make_version

FEATURES = ["tenure", "income", "age"]


def layer(
    name: str, operation: str, largest: float | str, headroom: float | None, dtype: str = "float32", bad_rows: int = 0
) -> LayerMagnitude:
    """One block of a layer strip."""
    return LayerMagnitude(name, operation, dtype, largest, bad_rows, headroom)


MISSING_INCOME = Finding(
    symptom="absorbed",
    cause="input_missing",
    confidence=0.98,
    title="2 rows miss income, and the model answers 0.0 as if nothing had happened",
    row_indices=[0, 2],
    cured=2,
    origin=Origin("input", "inputs", value="NaN"),
    first_nan=Origin(
        "operation",
        "functional_1/dense_1/MatMul",
        layer="dense_1",
        operation="MatMul",
        value="NaN",
        inputs=[OperandRange("NaN", "NaN"), OperandRange(-0.71, 0.68)],
    ),
    features=[
        ResponsibleFeature(
            "inputs",
            "income",
            1,
            Reason("is missing"),
            2,
            [None, "NaN"],
            TrainingRange(1200.0, 184000.0, 41250.5),
        )
    ],
    reproduced_in=["default", "unfused", "eager"],
    layers=[
        layer("normalization", "RealDiv", 3.1, 37.04),
        layer("dense", "Relu", 0.0, None),
        layer("dense_1", "MatMul", "NaN", None, bad_rows=2),
        layer("dense_1", "Relu", 41.5, 36.91),
    ],
    answers=[
        RowAnswers(row, {"default": {"y": [0.0]}, "unfused": {"y": ["NaN"]}, "impute": {"y": [41.5]}}, "impute")
        for row in (0, 2)
    ],
    evidence=[
        Evidence("impute", 2, 2, "income filled with the mean of the reference, 41250.5"),
        Evidence("float64", 2, 0, "the answer is as wrong in float64"),
    ],
    remedies=[
        Remedy(
            "impute",
            "Fill missing income before the model sees it",
            "With the reference's mean in its place both rows answer like their neighbours.",
            "import numpy as np\n\nrows[:, 1] = np.nan_to_num(rows[:, 1], nan=41250.5)",
            proven=True,
        )
    ],
)

EXPONENTIAL = Finding(
    symptom="nonfinite_output",
    cause="activation_overflow",
    confidence=0.81,
    title="exp overflows in decoder/attention at iteration 17, on rows inside the reference",
    row_indices=list(range(31)),
    origin=Origin(
        "operation",
        "decoder/attention/while/body/Exp",
        layer="decoder/attention",
        operation="Exp",
        iteration=17,
        value="Infinity",
        inputs=[OperandRange(-4.25, 91.7)],
    ),
    first_nan=Origin(
        "operation",
        "decoder/attention/while/body/RealDiv",
        layer="decoder/attention",
        operation="RealDiv",
        iteration=17,
        value="NaN",
        inputs=[OperandRange(0.0, "Infinity"), OperandRange(1.0, "Infinity")],
    ),
    reproduced_in=["default", "unfused"],
    answers=[
        RowAnswers(
            row,
            {
                "default": {"y": ["NaN"] * 6},
                "unfused": {"y": ["NaN"] * 6},
                "stable_activation": {"y": [2.7197e-08, 1.9804e-12, 5.1103e-11, 1.067e-11, 0.99999, 3.1e-9]},
            },
            "stable_activation",
        )
        for row in range(2)
    ],
    layers=[
        layer("embedding", "GatherV2", 0.98, 38.54),
        *(layer(f"encoder/block_{i}", "AddV2", 1.7 * 10**i, 38.3 - i) for i in range(25)),
        layer("encoder/normalize", "Mul", 2.41, 38.15),
        *(layer(f"decoder/block_{i}/dense", "MatMul", 4.25 + i, 37.5) for i in range(7)),
        layer("decoder/scale", "Mul", 9.2e37, 0.57),
        layer("decoder/attention", "Exp", "Infinity", None, bad_rows=31),
        *(layer(f"decoder/block_{i}/mix", "BatchMatMulV2", "NaN", None, bad_rows=31) for i in range(20)),
    ],
    evidence=[Evidence("float64", 31, 31, "exp(91.7) fits into float64")],
    remedies=[
        Remedy(
            "stable_activation",
            "Use keras.activations.softmax",
            "It subtracts the largest logit first, so exp never sees a positive number.",
            "scores = keras.activations.softmax(logits, axis=-1)",
        )
    ],
)

DIVERGED = Finding(
    symptom="nonfinite_output",
    cause="weights_nonfinite",
    confidence=0.99,
    title="The weights of dense_2 hold NaN: every row fails",
    row_indices=list(range(40)),
    origin=Origin("weight", "dense_2/kernel", layer="dense_2", value="NaN"),
    reproduced_in=["default", "unfused"],
)

REFUSED = Finding(
    symptom="replay_failed",
    cause="shape_or_type",
    confidence=1.0,
    title="5 rows have 4 columns; the model takes 3",
    row_indices=[0, 1, 2, 3, 4],
)

NEAR_OVERFLOW = Finding(
    symptom="near_overflow",
    cause=None,
    confidence=1.0,
    title=(
        "2 rows take encoder/square to 4.86e+04, within a decade of the largest float16; the training data took it "
        "to 1.2e+03."
    ),
    row_indices=[4, 7],
    origin=Origin("operation", "encoder/square", "encoder/square", "Square"),
)

NOT_REPRODUCED = Finding(
    symptom="nonfinite_output",
    cause="not_reproduced",
    confidence=0.55,
    title="Serving answered NaN for 1 row, and the replay answers 0.73",
    row_indices=[2],
)


def bad_night(project: Project) -> Incident:
    """Fills `project`; the answer is its incident about missing income, hit by two versions of churn."""
    now = timezone.now()
    churn, churn_8 = make_version(project), make_version(project, version="8")
    describe(churn_8)
    missing = hit(churn, now - hours(20), [MISSING_INCOME])
    hit(churn_8, now - hours(0.2), [MISSING_INCOME])
    hit(churn_8, now - hours(3), [NOT_REPRODUCED])
    translate = make_version(project, "translate", "2026-02")
    hit(translate, now - hours(6), [EXPONENTIAL])
    hit(translate, now - hours(5), [REFUSED])
    fraud = make_version(project, "fraud", "3")
    change_state(hit(fraud, now - hours(30), [DIVERGED]), IncidentState.RESOLVED, reason="rolled back")
    make_batch(churn_8, now, state=BatchState.QUARANTINED, failure="the replayer ran out of memory")
    make_batch(churn_8, now, state=BatchState.PENDING)
    for version, level in ((churn_8, 900), (translate, 350), (fraud, 80)):
        day_of_traffic(version, now, level)
    return missing


def describe(version: ModelVersion) -> None:
    """Metadata, an audit with one finding and reference statistics."""
    version.metadata = {
        "features": FEATURES,
        "description": "Who leaves next month",
        "environment": {"tensorflow": "2.21.0", "machine_type": "n2-standard-4"},
    }
    version.reference_sha256 = "c" * 64
    version.save()
    rng = np.random.default_rng(7)
    rows = np.stack([rng.gamma(2, 20, 500), rng.lognormal(10, 0.7, 500), rng.integers(18, 90, 500)], axis=1)
    finding = {
        "code": "norm-epsilon-zero",
        "severity": "warning",
        "layer": "batch_normalization",
        "message": "epsilon is 0; one constant feature divides by zero",
        "remedy": "Set epsilon=1e-3 and retrain",
    }
    VersionProfile.objects.create(
        version=version,
        audit_state=AuditState.FINDINGS,
        findings=[finding],
        signature={"inputs": [{"name": "inputs", "dtype": "float32", "shape": [None, 3]}]},
        reference=take_reference(Tensors.of(Tensor("inputs", rows.astype(np.float32)))).as_json(),
    )


def day_of_traffic(version: ModelVersion, now: datetime, level: int) -> None:
    """Waves of traffic over the last day; a tenth of the last five hours fails."""
    last = now.replace(minute=0, second=0, microsecond=0)
    for back in range(24):
        rows = int(level * (1.2 + math.sin(back / 4)))
        bad = rows // 10 if back < 5 else 0
        HourlyCount.objects.create(
            version=version,
            hour=last - timedelta(hours=back),
            predictions=rows,
            replayed_rows=rows,
            incident_rows=bad,
        )


def image_incident(project: Project) -> Incident:
    """An incident of a model that takes images: rows too big for a table."""
    values = np.zeros((40, 28, 28, 1), np.float32)
    values[3, 4, 5] = np.inf
    payload = pack_tensors(inputs=Tensors.of(Tensor("image", values)))
    return hit(
        make_version(project, "digits", "1"),
        timezone.now(),
        [Finding("nonfinite_output", "input_infinite", 0.9, "1 image holds infinity", [3])],
        payload=payload,
        row_ids=[],
    )
