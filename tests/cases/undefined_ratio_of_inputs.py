"""Click rate inside the model, clicks / views, and an item without a view."""

from casekit import sampled, seeded
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="undefined_operation",
    origin=dict(kind="operation", layer=("true_divide", "divide", "rate"), operation=("RealDiv", "Div")),
    features=None,
    rows=[5, 8],
    cured_by=("guard_operation", "epsilon"),
)


def build(repaired=False):
    rng = seeded(3015)
    clicks, views = layers.Input((1,), name="clicks"), layers.Input((1,), name="views")
    rate = clicks / (ops.maximum(views, 1.0) if repaired else views)
    y = layers.Dense(1, "sigmoid", name="good")(rate)
    seen = rng.poisson(30, (260, 1)).clip(1)
    reference = {"clicks": rng.binomial(seen, 0.1).astype("float32"), "views": seen.astype("float32")}
    rows = sampled(rng, reference, 10)
    for table, index in ((reference, slice(0, 5)), (rows, [5, 8])):
        table["clicks"][index] = table["views"][index] = 0
    return dict(
        model=Model({"clicks": clicks, "views": views}, y, name="rate"),
        format="savedmodel",
        rows=rows,
        reference=reference,
    )
