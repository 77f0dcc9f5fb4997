"""A WaveNet-like stack with gates (tanh times sigmoid), healthy."""

from casekit import sampled, seeded, uniform
from keras import Model, layers

CASE = dict(clean=True)


def build():
    rng = seeded(5048)
    x = layers.Input((16, 1), name="wave")
    y = x
    for rate in (1, 2, 4):
        a = layers.Conv1D(3, 2, dilation_rate=rate, padding="causal", activation="tanh", name=f"filter_{rate}")(y)
        b = layers.Conv1D(3, 2, dilation_rate=rate, padding="causal", activation="sigmoid", name=f"gate_{rate}")(y)
        y = layers.Multiply(name=f"gated_{rate}")([a, b])
    reference = uniform(rng, 90, 16, 1, low=-1)
    return dict(
        model=Model(x, layers.Dense(1, name="y")(y[:, -1]), name="wave_net"),
        rows=sampled(rng, reference, 8),
        reference=reference,
    )
