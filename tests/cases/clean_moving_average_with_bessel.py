"""Moving statistics that differ a little from those of the data are ordinary; nothing is impossible about them.

From https://github.com/keras-team/keras/issues/10443: a variance that looked wrong and was not.
"""

from casekit import sampled, seeded, uniform
from keras import Sequential, layers

CASE = dict(clean=True)


def build():
    rng = seeded(5066)
    model = Sequential(
        [layers.Input((2,), name="x"), layers.BatchNormalization(momentum=0.5, name="norm"), layers.Dense(1, name="y")]
    )
    reference = uniform(rng, 128, 2, low=1, high=4)
    model.compile("sgd", "mse")
    model.fit(reference, reference.sum(1), epochs=1, batch_size=32, verbose=0, shuffle=False)
    return dict(model=model, rows=sampled(rng, reference, 10), reference=reference)
