"""A model trained on XOR, confident answers near 0 and 1."""

import keras
from casekit import sampled, seeded
from keras import Sequential, layers

CASE = dict(clean=True)


def build():
    rng = seeded(5055)
    model = Sequential(
        [
            layers.Input((2,), name="bits"),
            layers.Dense(8, "tanh", name="hidden"),
            layers.Dense(1, "sigmoid", name="xor"),
        ]
    )
    reference = rng.integers(0, 2, (200, 2)).astype("float32")
    model.compile(keras.optimizers.Adam(0.05), "binary_crossentropy")
    model.fit(
        reference,
        (reference[:, 0] != reference[:, 1]).astype("float32"),
        epochs=5,
        batch_size=50,
        verbose=0,
        shuffle=False,
    )
    return dict(model=model, format="h5", rows=sampled(rng, reference, 12), reference=reference)
