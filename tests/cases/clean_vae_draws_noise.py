"""A variational autoencoder that draws noise when it answers: no two answers agree, the served ones neither.

Nothing is wrong.
"""

import tensorflow as tf
from casekit import module, normal, seeded

CASE = dict(clean=True)


def build():
    rng = seeded(540)
    w = [tf.Variable(rng.normal(size=s).astype("float32")) for s in ((6, 3), (6, 3), (3, 6))]

    def serve(x):
        z = x @ w[0] + tf.exp(0.5 * (x @ w[1])) * tf.random.normal(tf.shape(x @ w[0]))
        return {"reconstruction": tf.nn.relu(z) @ w[2]}

    rows = normal(rng, 8, 6)
    outputs = {"reconstruction": normal(rng, 8, 6)}
    return dict(
        model=module(serve, *w, x=tf.TensorSpec((None, 6))),
        format="savedmodel",
        rows=rows,
        reference=normal(rng, 150, 6),
        outputs=outputs,
    )
