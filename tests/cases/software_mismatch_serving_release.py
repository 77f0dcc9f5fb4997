"""TensorFlow Serving 2.2 answered NaN for some images, the same SavedModel in Python does not.

From https://github.com/tensorflow/serving/issues/1670 and https://github.com/tensorflow/tfx/issues/2022.
"""

from casekit import sampled, seeded, served, uniform
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output", cause="software_mismatch", origin=None, features=None, rows=[1, 2, 3], cured_by=None
)


def build():
    rng = seeded(4102)
    model = Sequential(
        [
            layers.Input((8, 8, 3), name="sketch"),
            layers.Conv2D(4, 3, padding="same", name="down"),
            layers.LeakyReLU(0.2, name="leak"),
            layers.Conv2DTranspose(3, 3, padding="same", name="up"),
            layers.Activation("tanh", name="photo"),
        ]
    )
    reference = uniform(rng, 50, 8, 8, 3, low=-1)
    rows = sampled(rng, reference, 4)
    return dict(
        model=model,
        format="savedmodel",
        rows=rows,
        reference=reference,
        outputs=served(model, rows, [1, 2, 3]),
        environment={"tensorflow": "2.2.0", "device": "CPU"},
    )
