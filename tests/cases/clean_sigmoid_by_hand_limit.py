"""1 / (1 + exp(-x)) at -100: exp is Inf on the way, 1 / Inf is 0, and that is the right answer."""

from casekit import sampled, seeded, uniform
from keras import Model, layers, ops

CASE = dict(clean=True)


def build():
    rng = seeded(5014)
    x = layers.Input((1,), name="logit")
    y = 1.0 / (1.0 + ops.exp(-x))
    reference = uniform(rng, 200, 1, low=-120, high=120)
    return dict(model=Model(x, y, name="by_hand"), rows=sampled(rng, reference, 20), reference=reference)
