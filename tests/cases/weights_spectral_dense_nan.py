"""A critic with spectral normalisation diverged; the NaN kernel of its dense layer was saved as HDF5.

The wrapper keeps no statistics of data: what is NaN was trained.
"""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="weights_nonfinite",
    origin=dict(kind="weight", layer=("spectral", "judge"), operation=None),
    features=None,
    rows=list(range(7)),
    cured_by=("repair_weights",),
)


def build(repaired=False):
    rng = seeded(9107)
    judge = layers.SpectralNormalization(layers.Dense(5, name="judge"), name="spectral")
    model = Sequential([layers.Input((6,), name="sample"), judge, layers.LeakyReLU(0.2), layers.Dense(1, name="real")])
    if not repaired:
        kernel = judge.layer.kernel
        kernel.assign(np.full(kernel.shape, np.nan, "float32"))
    reference = normal(rng, 80, 6)
    return dict(model=model, rows=sampled(rng, reference, 7), reference=reference)
