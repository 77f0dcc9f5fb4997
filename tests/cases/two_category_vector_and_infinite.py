"""One batch: category 4 has a NaN vector (rows 0 and 3), and one other row has an infinite ratio."""

import numpy as np
from casekit import normal, seeded
from keras import Model, layers

CASE = dict(
    incidents=[
        dict(
            symptom="nonfinite_output",
            cause="weights_nonfinite",
            origin=dict(kind="weight", layer="kinds", operation=None),
            features=None,
            rows=[0, 3],
            cured_by=("repair_weights", "replace_weights", "retrain"),
        ),
        dict(
            symptom="nonfinite_output",
            cause="input_infinite",
            origin=dict(kind="input", layer=None, operation=None),
            features=["ratio"],
            rows=[6],
            cured_by=("replace_infinite", "impute"),
        ),
    ]
)


def build(repaired=False):
    rng = seeded(529)
    kind, x = layers.Input((1,), dtype="int32", name="kind"), layers.Input((3,), name="numbers")
    v = layers.Flatten()(layers.Embedding(6, 3, name="kinds")(kind))
    model = Model(
        [kind, x],
        layers.Dense(1, name="y")(layers.Dense(7, "gelu", name="hidden")(layers.Concatenate()([v, x]))),
        name="mixed",
    )
    w = model.get_layer("kinds").get_weights()[0]
    if not repaired:
        w[4] = np.nan
    model.get_layer("kinds").set_weights([w])
    rows = {"kind": np.array([[4], [1], [0], [4], [2], [3], [5], [1]], "int32"), "numbers": normal(rng, 8, 3)}
    rows["numbers"][6, 2] = np.inf
    return dict(
        model=model,
        rows=rows,
        reference={"kind": rng.integers(0, 6, (200, 1)).astype("int32"), "numbers": normal(rng, 200, 3)},
        metadata={"features": {"kind": ["kind"], "numbers": ["a", "b", "ratio"]}},
    )


def cure(built):
    rows = {k: v.copy() for k, v in built["rows"].items()}
    rows["numbers"][6, 2] = 0
    return dict(rows=rows)
