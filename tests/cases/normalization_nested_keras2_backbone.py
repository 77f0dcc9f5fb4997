"""A frozen backbone of Keras 2 inside a model (transfer learning, .h5).

One channel of its batch normalisation has a negative moving variance after a conversion. Three images, no reference.
"""

from casekit import seeded, uniform

CASE = dict(
    symptom="nonfinite_output",
    cause="normalization_state",
    origin=dict(kind="operation", layer="stem_bn", operation=("FusedBatchNormV3", "Rsqrt", "Sqrt")),
    features=None,
    rows=[0, 1, 2],
    cured_by=("repair_statistics",),
)


def build(repaired=False):
    import tf_keras

    rng = seeded(518)
    tf_keras.backend.clear_session()
    tf_keras.utils.set_random_seed(18)
    layers = tf_keras.layers
    inp = layers.Input((10, 10, 3), name="backbone_in")
    y = layers.Conv2D(5, 3, name="stem")(inp)
    y = layers.BatchNormalization(name="stem_bn")(y)
    y = layers.Activation("swish", name="stem_act")(y)
    backbone = tf_keras.Model(inp, layers.GlobalAveragePooling2D(name="gap")(y), name="backbone")
    backbone.trainable = False
    x = layers.Input((10, 10, 3), name="photo")
    model = tf_keras.Model(x, layers.Dense(3, activation="softmax", name="label")(backbone(x)), name="classifier")
    bn = backbone.get_layer("stem_bn")
    g, b, m, v = bn.get_weights()
    v[2] = 0.3 if repaired else -0.3
    bn.set_weights([g, b, m, v])
    return dict(model=model, format="h5", rows=uniform(rng, 3, 10, 10, 3))
