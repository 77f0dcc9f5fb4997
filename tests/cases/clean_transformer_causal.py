"""Causal self-attention: positions after the own one are masked inside with a very negative number.

From https://github.com/tatp22/linformer-pytorch/pull/19, which argues about the value of that mask.
"""

from casekit import sampled, seeded
from keras import Model, layers

CASE = dict(clean=True)


def build():
    rng = seeded(5005)
    tokens = layers.Input((7,), dtype="int32", name="tokens")
    y = layers.Embedding(40, 6, name="words")(tokens)
    y = layers.LayerNormalization(name="norm")(
        y + layers.MultiHeadAttention(2, 3, name="attend")(y, y, use_causal_mask=True)
    )
    model = Model(tokens, layers.Dense(40, "softmax", name="next")(y), name="language")
    reference = rng.integers(0, 40, (120, 7)).astype("int32")
    return dict(model=model, rows=sampled(rng, reference, 9), reference=reference)
