"""A vocoder run in half precision answers NaN, the same weights in single precision speak: gains multiply to 1e5.

From https://github.com/NVIDIA/tacotron2/issues/589: removing `.half()` cured it.
"""

from casekit import policy, sampled, seeded, uniform
from keras import Model, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="precision_overflow",
    origin=None,
    features=None,
    rows=list(range(4)),
    cured_by=("float32",),
)


def build(repaired=False):
    rng = seeded(6013)
    with policy("float32" if repaired else "float16"):
        x = layers.Input((10, 4), name="mel")
        y = x
        for i in range(3):
            y = layers.Conv1D(4, 3, padding="same", kernel_initializer="ones", name=f"gain_{i}")(y)
        y = layers.LayerNormalization(name="level")(y)
        y = layers.Conv1D(1, 1, activation="tanh", name="audio")(y)
    reference = uniform(rng, 80, 10, 4, low=45, high=60)
    return dict(model=Model(x, y, name="vocoder"), rows=sampled(rng, reference, 4), reference=reference)
