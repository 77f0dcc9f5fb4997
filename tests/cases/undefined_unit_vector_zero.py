"""Embeddings divided by their Euclidean norm by hand; a text of unknown words only has the zero vector.

From https://github.com/neo4j/graph-data-science/issues/94: an L2 normalisation that divides by zero.
"""

from casekit import seeded
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="undefined_operation",
    origin=dict(kind="operation", layer=("true_divide", "divide", "encoder"), operation=("RealDiv", "Div")),
    features=None,
    rows=[4],
    cured_by=("guard_operation", "epsilon"),
)


def build(repaired=False):
    rng = seeded(3003)
    x = layers.Input((6,), name="words")
    vector = layers.Dense(4, use_bias=False, name="project")(x)
    length = ops.sqrt(ops.sum(ops.square(vector), axis=-1, keepdims=True))
    y = vector / (length + 1e-6 if repaired else length)
    reference = rng.poisson(1, (200, 6)).astype("float32")
    rows = reference[reference.sum(1) > 2][:8].copy()
    reference[:5] = 0
    rows[4] = 0
    return dict(model=Model(x, y, name="encoder"), rows=rows, reference=reference)
