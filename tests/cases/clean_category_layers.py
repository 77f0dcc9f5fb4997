"""Discretization, one-hot and crossing inside the model, raw columns outside."""

from casekit import sampled, seeded, uniform
from keras import Model, layers

CASE = dict(clean=True)


def build():
    rng = seeded(5069)
    age, kind = layers.Input((1,), name="age"), layers.Input((1,), dtype="int32", name="kind")
    bucket = layers.Discretization(bin_boundaries=[18.0, 35.0, 60.0], output_mode="one_hot", name="bucket")(age)
    hot = layers.CategoryEncoding(5, output_mode="one_hot", name="hot")(kind)
    y = layers.Dense(1, "sigmoid", name="y")(layers.Concatenate()([bucket, hot]))
    reference = {"age": uniform(rng, 150, 1, low=10, high=80), "kind": rng.integers(0, 5, (150, 1)).astype("int32")}
    return dict(
        model=Model({"age": age, "kind": kind}, y, name="census"), rows=sampled(rng, reference, 12), reference=reference
    )
