"""An inverted residual of a mobile network: expand, depthwise, squeeze, ReLU6 all along."""

from casekit import sampled, seeded, uniform
from keras import Model, layers

CASE = dict(clean=True)


def build():
    rng = seeded(5076)
    x = layers.Input((8, 8, 3), name="image")
    y = layers.ReLU(6.0, name="six_a")(layers.BatchNormalization(name="bn_a")(layers.Conv2D(6, 1, name="expand")(x)))
    y = layers.DepthwiseConv2D(3, padding="same", name="depth")(y)
    y = layers.ReLU(6.0, name="six_b")(layers.BatchNormalization(name="bn_b")(y))
    y = layers.Add(name="skip")([x, layers.Conv2D(3, 1, name="squeeze")(y)])
    y = layers.Dense(2, "softmax", name="y")(layers.GlobalAveragePooling2D(name="mean")(y))
    reference = uniform(rng, 50, 8, 8, 3, low=-1)
    return dict(model=Model(x, y, name="mobile"), rows=sampled(rng, reference, 6), reference=reference)
