"""Breast cancer: an evidential classifier whose serving code forgets the scaler for two hours.

The head is that of evidential deep learning (Sensoy et al., 2018): evidence = exp(logit), the probabilities
are the mean of a Dirichlet distribution. On raw instead of standardised rows the exponential overflows, and
Inf / Inf is NaN.
"""

from typing import Any

import numpy as np

from monitoring.demo.traffic import HOURS, Array, DemoBatch, TrainedVersion

NAME = "breast-cancer"
UNSCALED_HOURS_AGO = (5, 6)
ROWS_AN_HOUR = 48  # enough for drift to name what it sees


def train() -> list[TrainedVersion]:
    """The classifier, trained on two thirds of the data; the other third is its traffic."""
    import keras
    from sklearn.datasets import load_breast_cancer
    from sklearn.model_selection import train_test_split
    from sklearn.preprocessing import StandardScaler

    data = load_breast_cancer()
    numbers = np.arange(len(data.data))
    training, serving = train_test_split(numbers, test_size=1 / 3, random_state=2, stratify=data.target)
    scaler = StandardScaler().fit(data.data[training])
    inputs = scaler.transform(data.data[training]).astype("float32")
    keras.utils.set_random_seed(2)
    network = _network(inputs.shape[1])
    network.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    network.fit(inputs, data.target[training], batch_size=32, epochs=12, verbose=0)
    metadata = {
        "features": [str(name) for name in data.feature_names],
        "preprocessing": {
            "scaler": {"kind": "standard", "mean": scaler.mean_.tolist(), "scale": scaler.scale_.tolist()}
        },
        "description": "Malignant or benign, with evidence; scikit-learn's breast cancer data, standardised.",
    }
    raw = data.data.astype("float32")
    scaled = scaler.transform(data.data).astype("float32")
    return [TrainedVersion(NAME, "3", network, inputs, metadata, _traffic(serving, raw, scaled))]


def _network(features: int) -> Any:
    import keras

    inputs = keras.Input((features,), name="inputs")
    hidden = keras.layers.Dense(16, "relu", name="hidden")(inputs)
    evidence = keras.layers.Dense(2, "exponential", name="evidence")(hidden)
    concentration = evidence + 1.0
    probability = concentration / keras.ops.sum(concentration, axis=-1, keepdims=True)
    return keras.Model(inputs, probability, name="breast_cancer")


def _traffic(serving: Array, raw: Array, scaled: Array) -> list[DemoBatch]:
    generator = np.random.default_rng(2)
    batches = []
    for hours_ago in range(HOURS, 0, -1):
        chosen = generator.choice(serving, ROWS_AN_HOUR, replace=False)
        rows = raw if hours_ago in UNSCALED_HOURS_AGO else scaled
        batches.append(DemoBatch(hours_ago - 0.5, rows[chosen], [f"sample-{number}" for number in chosen]))
    return batches
