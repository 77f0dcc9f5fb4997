"""Twenty tokens a row, of which one in the middle is of a larger vocabulary: the row is refused, its place matters."""

from casekit import seeded
from keras import Sequential, layers

BAD = [0, 6]
CASE = dict(
    symptom="replay_failed",
    cause="shape_or_type",
    origin=None,
    features=["tokens"],
    rows=BAD,
    cured_by=("replace_cells",),
)


def cure(built):
    rows = built["rows"].copy()
    rows[rows >= 60] = 7
    return dict(rows=rows)


def build(repaired=False):
    rng = seeded(9106)
    model = Sequential(
        [
            layers.Input((20,), dtype="int32", name="tokens"),
            layers.Embedding(60, 6, name="words"),
            layers.GRU(8, name="reader"),
            layers.Dense(1, name="mood"),
        ]
    )
    rows = rng.integers(1, 60, (11, 20)).astype("int32")
    rows[0, 9], rows[6, 13] = 60, 75
    return dict(model=model, rows=rows, reference=rng.integers(1, 60, (150, 20)).astype("int32"), format="h5")
