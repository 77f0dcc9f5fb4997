"""The angle between two vectors: rounding makes the cosine of parallel vectors 1.0000001, and acos of it is NaN."""

from casekit import normal, sampled, seeded
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="undefined_operation",
    origin=dict(kind="operation", layer=("arccos", "joint"), operation="Acos"),
    features=None,
    rows=[1, 6],
    cured_by=("guard_operation", "epsilon"),
)


def build(repaired=False):
    rng = seeded(3009)
    a, b = layers.Input((3,), name="bone_a"), layers.Input((3,), name="bone_b")
    lengths = ops.sqrt(ops.sum(a * a, axis=-1) * ops.sum(b * b, axis=-1))
    cosine = ops.sum(a * b, axis=-1) * 1.000001 / lengths
    if repaired:
        cosine = ops.clip(cosine, -1.0, 1.0)
    reference = {"bone_a": normal(rng, 200, 3), "bone_b": normal(rng, 200, 3)}
    rows = sampled(rng, reference, 8)
    reference["bone_b"][:4] = reference["bone_a"][:4]
    rows["bone_a"][1] = rows["bone_b"][1] = reference["bone_a"][0]
    rows["bone_a"][6] = rows["bone_b"][6] = reference["bone_a"][1]
    return dict(
        model=Model({"bone_a": a, "bone_b": b}, ops.arccos(cosine), name="joint"),
        format="savedmodel",
        rows=rows,
        reference=reference,
    )
