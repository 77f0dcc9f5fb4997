"""0 / 0 in front of a fused ReLU: the served answer is a finite number that stands for nothing."""

from casekit import seeded
from keras import Model, layers, ops

CASE = dict(
    symptom="absorbed",
    cause="undefined_operation",
    origin=dict(kind="operation", layer=("true_divide", "divide", "mix_share"), operation=("RealDiv", "Div")),
    features=None,
    rows=[3, 6],
    cured_by=("guard_operation", "epsilon"),
)


def build(repaired=False):
    rng = seeded(3018)
    x = layers.Input((3,), name="parts")
    total = ops.sum(x, axis=-1, keepdims=True)
    share = x / (total + 1e-6 if repaired else total)
    y = layers.Dense(8, "relu", bias_initializer="ones", name="hidden")(share)
    y = layers.Dense(1, name="y")(y)
    reference = rng.poisson(2, (200, 3)).astype("float32")
    rows = reference[reference.sum(1) > 0][:8].copy()
    reference[:4] = 0
    rows[[3, 6]] = 0
    return dict(model=Model(x, y, name="mix_share"), rows=rows, reference=reference)
