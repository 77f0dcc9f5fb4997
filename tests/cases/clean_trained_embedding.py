"""A trained recommender: users, items, a product; ids within their tables."""

from casekit import sampled, seeded
from keras import Model, layers

CASE = dict(clean=True)


def build():
    rng = seeded(5056)
    user, item = layers.Input((1,), dtype="int32", name="user"), layers.Input((1,), dtype="int32", name="item")
    u = layers.Flatten()(layers.Embedding(20, 4, name="users")(user))
    i = layers.Flatten()(layers.Embedding(15, 4, name="items")(item))
    model = Model({"user": user, "item": item}, layers.Dot(1, name="rating")([u, i]), name="ratings")
    reference = {
        "user": rng.integers(0, 20, (200, 1)).astype("int32"),
        "item": rng.integers(0, 15, (200, 1)).astype("int32"),
    }
    model.compile("adam", "mse")
    model.fit(reference, rng.normal(size=(200, 1)), epochs=2, batch_size=50, verbose=0, shuffle=False)
    return dict(model=model, rows=sampled(rng, reference, 14), reference=reference)
