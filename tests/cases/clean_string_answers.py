"""A recommender answers titles (strings) and scores; the served answers are posted too."""

import numpy as np
import tensorflow as tf
from casekit import module, normal, seeded

CASE = dict(clean=True)


def build():
    rng = seeded(542)
    titles = tf.constant([f"Film {k}" if k else "NaN" for k in range(9)])
    w = tf.Variable(rng.normal(size=(4, 9)).astype("float32"))

    def serve(user):
        top = tf.math.top_k(user @ w, 3)
        return {"titles": tf.gather(titles, top.indices), "scores": top.values}

    rows = normal(rng, 6, 4)
    made = serve(tf.constant(rows))
    return dict(
        model=module(serve, w, user=tf.TensorSpec((None, 4))),
        format="savedmodel",
        rows=rows,
        reference=normal(rng, 150, 4),
        outputs={
            "titles": np.array([[t.decode() for t in r] for r in made["titles"].numpy()]),
            "scores": made["scores"].numpy(),
        },
    )
