"""Raw 0..255 pixels into a float16 network: the sum over an image exceeds 65504. In float32 it would be finite, but
the
input is what has to change: input comes before precision.
"""

from casekit import policy, sampled, seeded, uniform
from keras import Model, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="input_unscaled",
    origin=None,
    features=None,
    rows=list(range(8)),
    cured_by=("rescale",),
)


def cure(built):
    return dict(rows=built["rows"] / 255)


def build():
    rng = seeded(1209)
    with policy("mixed_float16"):
        x = layers.Input((12, 12, 1), name="digit")
        y = layers.Flatten()(x)
        y = layers.Dense(4, kernel_initializer="ones", name="ink")(y)
        y = layers.Dense(4, kernel_initializer="ones", name="strokes")(y)
        y = layers.Dense(3, "softmax", dtype="float32", name="class")(layers.LayerNormalization(name="norm")(y))
    reference = uniform(rng, 80, 12, 12, 1)
    rows = sampled(rng, reference, 8) * 255
    return dict(model=Model(x, y, name="half"), rows=rows, reference=reference)
