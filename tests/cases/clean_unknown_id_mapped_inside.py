"""-1 and 99 are unknown shops; the model itself maps what it does not know to row 0 of its table."""

from casekit import seeded
from keras import Model, layers, ops

CASE = dict(clean=True, tolerated=())


def build(repaired=False):
    rng = seeded(9117)
    shop = layers.Input((1,), dtype="int32", name="shop")
    known = ops.where(ops.logical_and(shop >= 0, shop < 20), shop, 0)
    vector = layers.Flatten()(layers.Embedding(20, 4, name="shop_vector")(known))
    model = Model(shop, layers.Dense(1, name="sales")(vector), name="shops")
    rows = rng.integers(0, 20, (10, 1)).astype("int32")
    rows[2], rows[7] = -1, 99
    reference = rng.integers(-1, 20, (200, 1)).astype("int32")
    reference[::40] = 99
    return dict(model=model, rows=rows, reference=reference)
