"""An angle whose cosine is clipped to -1..1 first, for parallel vectors as well."""

from casekit import normal, seeded
from keras import Model, layers, ops

CASE = dict(clean=True)


def build():
    rng = seeded(5058)
    a, b = layers.Input((3,), name="a"), layers.Input((3,), name="b")
    cosine = layers.Dot(1, normalize=True, name="cosine")([a, b])
    y = ops.arccos(ops.clip(cosine, -1.0, 1.0))
    reference = {"a": normal(rng, 160, 3), "b": normal(rng, 160, 3)}
    reference["b"][:5] = reference["a"][:5]
    return dict(
        model=Model({"a": a, "b": b}, y, name="angle"),
        rows={name: values[:12].copy() for name, values in reference.items()},
        reference=reference,
    )
