"""The same small network for each frame of a clip, then a mean.

From https://github.com/tensorflow/tensorflow/issues/82316, which is about TimeDistributed and Masking.
"""

from casekit import normal, sampled, seeded
from keras import Sequential, layers

CASE = dict(clean=True)


def build():
    rng = seeded(5068)
    model = Sequential(
        [
            layers.Input((4, 5), name="clip"),
            layers.TimeDistributed(layers.Dense(3, "relu"), name="frame"),
            layers.GlobalAveragePooling1D(name="mean"),
            layers.Dense(2, name="y"),
        ]
    )
    reference = normal(rng, 120, 4, 5)
    return dict(model=model, format="h5", rows=sampled(rng, reference, 9), reference=reference)
