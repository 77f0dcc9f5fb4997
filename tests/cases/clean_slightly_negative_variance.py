"""A moving variance of -0.0004 with an epsilon of 0.001: impossible as a statistic, and every answer is finite."""

from casekit import normal, sampled, seeded
from keras import Sequential, layers

CASE = dict(clean=True)


def build():
    rng = seeded(7031)
    model = Sequential(
        [
            layers.Input((3,), name="x"),
            layers.BatchNormalization(name="norm"),
            layers.Dense(4, "tanh", name="hidden"),
            layers.Dense(1, name="y"),
        ]
    )
    gamma, beta, mean, variance = model.get_layer("norm").get_weights()
    variance[1] = -0.0004
    model.get_layer("norm").set_weights([gamma, beta, mean, variance])
    reference = normal(rng, 150, 3)
    return dict(model=model, rows=sampled(rng, reference, 9), reference=reference)
