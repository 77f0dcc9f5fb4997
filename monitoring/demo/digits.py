"""Digits: a small convolutional network, and a second version that came out of a bad checkpoint merge.

Extrapolating from an early checkpoint through the final one sometimes generalises better, for weights. Done
to all variables it takes moving variances below zero, and the square root of that is NaN.
"""

from typing import Any

import numpy as np

from monitoring.demo.traffic import HOURS, Array, DemoBatch, TrainedVersion

NAME = "digits"
BRIGHTEST = 16.0
ROWS_AN_HOUR = 16
MERGED_SINCE_HOURS_AGO = 2
EXTRAPOLATION = 1.0


def train() -> list[TrainedVersion]:
    """Version 1 served all day; version 2 took over in the last two hours."""
    import keras
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    data = load_digits()
    images = (data.images[..., np.newaxis] / BRIGHTEST).astype("float32")
    numbers = np.arange(len(images))
    training, serving = train_test_split(numbers, test_size=0.3, random_state=3, stratify=data.target)
    inputs, labels = images[training], data.target[training]
    keras.utils.set_random_seed(3)
    network = _network()
    network.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    network.fit(inputs, labels, batch_size=64, epochs=1, verbose=0)
    early = network.get_weights()
    network.fit(inputs, labels, batch_size=64, epochs=7, verbose=0)
    merged = keras.models.clone_model(network)
    merged.set_weights(
        [late + EXTRAPOLATION * (late - before) for late, before in zip(network.get_weights(), early, strict=True)]
    )
    metadata = {
        "preprocessing": {"scaler": {"kind": "minmax", "min": [0.0], "max": [BRIGHTEST]}},
        "description": "Which digit an 8 x 8 image shows; scikit-learn's digits, grey values divided by 16.",
    }
    hours = range(HOURS, 0, -1)
    healthy = [hour for hour in hours if hour > MERGED_SINCE_HOURS_AGO]
    after_merge = [hour for hour in hours if hour <= MERGED_SINCE_HOURS_AGO]
    return [
        TrainedVersion(NAME, "1", network, inputs, metadata, _traffic(images, serving, healthy)),
        TrainedVersion(NAME, "2", merged, inputs, metadata, _traffic(images, serving, after_merge)),
    ]


def _network() -> Any:
    import keras

    layers: list[Any] = [keras.Input((8, 8, 1), name="inputs")]
    for number, (filters, stride) in enumerate([(16, 1), (32, 2)], start=1):
        layers += [
            keras.layers.Conv2D(filters, 3, stride, use_bias=False, name=f"convolution_{number}"),
            keras.layers.BatchNormalization(momentum=0.9, name=f"normalisation_{number}"),
            keras.layers.ReLU(name=f"relu_{number}"),
        ]
    layers += [keras.layers.Flatten(name="flatten"), keras.layers.Dense(10, "softmax", name="digit")]
    return keras.Sequential(layers, name="digits")


def _traffic(images: Array, serving: Array, hours: list[int]) -> list[DemoBatch]:
    generator = np.random.default_rng(3)
    batches = []
    for hours_ago in hours:
        chosen = generator.choice(serving, ROWS_AN_HOUR, replace=False)
        batches.append(DemoBatch(hours_ago - 0.5, images[chosen], [f"image-{number}" for number in chosen]))
    return batches
