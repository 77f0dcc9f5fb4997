"""An infinite bias in a head that is averaged with two sound ones: the mean of the ensemble is Inf."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Model, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="weights_nonfinite",
    origin=dict(kind="weight", layer="member_3", operation=None),
    features=None,
    rows=list(range(8)),
    cured_by=("repair_weights", "replace_weights", "retrain"),
)


def build(repaired=False):
    rng = seeded(7009)
    x = layers.Input((4,), name="x")
    members = [layers.Dense(1, name=f"member_{i}")(layers.Dense(3, "tanh", name=f"hidden_{i}")(x)) for i in (1, 2, 3)]
    model = Model(x, layers.Average(name="ensemble")(members), name="three")
    kernel, _ = model.get_layer("member_3").get_weights()
    model.get_layer("member_3").set_weights([kernel, np.array([0.1 if repaired else np.inf], "float32")])
    reference = normal(rng, 150, 4)
    return dict(model=model, rows=sampled(rng, reference, 8), reference=reference)
