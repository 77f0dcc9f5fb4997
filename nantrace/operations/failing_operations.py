"""Rows of operations that can fail: outside of their domain, or by growing."""

import math
from collections.abc import Mapping

from nantrace.operations.domains import (
    Domain,
    above,
    between,
    incomplete_beta,
    incomplete_gamma,
    matrix,
    no_pole,
    no_quotient,
    not_zero,
    polygamma,
    power,
    second_log,
    since,
    within,
    zeta,
)
from nantrace.operations.guards import (
    AtLeast,
    BaseAboveZero,
    Between,
    BoundedExponent,
    BoundedPower,
    Guard,
    Keep,
    Kept,
    LargestSubtracted,
    LiftedSpectrum,
    NotZero,
    Ridge,
    Whole,
)
from nantrace.operations.row import Effect, Family, Growth, IntervalRule, Operation

_EXP = """\
# a softmax by hand: use the library's, which subtracts the largest logit first
probabilities = keras.ops.softmax(logits, axis=-1)
# log(sum(exp(x))): keras.ops.logsumexp(x, axis=-1)    log(1 + exp(x)): keras.ops.softplus(x)
# exp(x) / (1 + exp(x)): keras.ops.sigmoid(x)
# an exponential head: bound what goes into it
rate = keras.ops.exp(keras.ops.minimum(x, {top}))  # float32 ends at exp(88.7)"""
_EXPM1 = "keras.ops.expm1({x})  # float32 ends at expm1(88.7)"
_SINH = "keras.ops.sinh({x})  # float32 ends at sinh(89.4)"
_COSH = """\
keras.ops.cosh({x})  # float32 ends at cosh(89.4)
# log(cosh(x)): keras.ops.abs(x) + keras.ops.softplus(-2.0 * keras.ops.abs(x)) - math.log(2.0)"""
SOFTMAX = LargestSubtracted(_EXP)
_LOG = "keras.ops.log({x})  # or keras.ops.log1p(x), where x counts something"
_DIVIDE = "x / {y}  # tf.math.divide_no_nan(x, y) answers 0 for y = 0"
_LGAMMA = "tf.math.lgamma({x})  # log(n!) is lgamma(n + 1)"

_ABOVE_0, _ABOVE_MINUS_1, _FROM_1 = {0: AtLeast(0.0)}, {0: AtLeast(-1.0)}, {0: AtLeast(1.0, steps=0)}
_Y_ABOVE_0, _Y_ABOVE_MINUS_1 = {1: AtLeast(0.0)}, {1: AtLeast(-1.0)}
_X_NOT_0, _Y_NOT_0 = {0: NotZero()}, {1: NotZero()}
_CLOSED, _OPEN, _PART = {0: Between(-1.0, 1.0)}, {0: Between(-1.0, 1.0, steps=10)}, {0: Between(0.0, 1.0, steps=10)}
_GAMMA = {0: AtLeast(0.0), 1: AtLeast(0.0, steps=0)}
_BETA: Mapping[int, Keep] = {0: AtLeast(0.0), 1: AtLeast(0.0), 2: Between(0.0, 1.0)}
_ORDER: Mapping[int, Keep] = {0: Whole(), 1: AtLeast(0.0)}
_ZETA = {0: AtLeast(1.0), 1: AtLeast(0.0)}
_SINGULAR, _DEFINITE = matrix("a singular matrix has no inverse"), matrix("it takes positive definite matrices only")

SHRINKS, HIDES, PROPAGATES, SATURATES = Effect.SHRINKS, Effect.HIDES, Effect.PROPAGATES, Effect.SATURATES
ANYTHING, MONOTONE = IntervalRule.ANYTHING, IntervalRule.MONOTONE
RECIPROCAL, QUOTIENT = IntervalRule.RECIPROCAL, IntervalRule.QUOTIENT
INVERSE, ANGLE = IntervalRule.INVERSE_ROOT, IntervalRule.ANGLE


def _row(name: str, effect: Effect, rule: IntervalRule, domain: Domain, guard: Guard) -> Operation:
    return Operation(name, effect, Family.DOMAIN, rule, domain, guard, of_statistics=name in _OF_STATISTICS)


_OF_STATISTICS = {"Log", "Sqrt", "Rsqrt", "Reciprocal", "Inv", "RealDiv", "Div"}

# fmt: off
_ONE = (
    _row("Log",        SHRINKS,    MONOTONE,   above(0),        Kept(_LOG, _ABOVE_0)),
    _row("Log1p",      SHRINKS,    MONOTONE,   above(-1),       Kept("keras.ops.log1p({x})", _ABOVE_MINUS_1)),
    _row("Sqrt",       SHRINKS,    MONOTONE,   since(0),        Kept("keras.ops.sqrt({x})", _ABOVE_0)),
    _row("Rsqrt",      HIDES,      INVERSE,    above(0),        Kept("keras.ops.rsqrt({x})", _ABOVE_0)),
    _row("Reciprocal", HIDES,      RECIPROCAL, not_zero(0),     Kept("1 / {x}", _X_NOT_0)),
    _row("Acos",       PROPAGATES, ANGLE,      within(-1, 1),   Kept("keras.ops.arccos({x})", _CLOSED)),
    _row("Asin",       PROPAGATES, MONOTONE,   within(-1, 1),   Kept("keras.ops.arcsin({x})", _CLOSED)),
    _row("Acosh",      SHRINKS,    MONOTONE,   since(1),        Kept("keras.ops.arccosh({x})", _FROM_1)),
    _row("Atanh",      PROPAGATES, MONOTONE,   between(-1, 1),  Kept("keras.ops.arctanh({x})", _OPEN)),
    _row("Erfinv",     PROPAGATES, MONOTONE,   between(-1, 1),  Kept("keras.ops.erfinv({x})", _OPEN)),
    _row("Ndtri",      PROPAGATES, MONOTONE,   between(0, 1),   Kept("tf.math.ndtri({p})", _PART, "p")),
    _row("Lgamma",     PROPAGATES, ANYTHING,   no_pole(),       Kept(_LGAMMA, _ABOVE_0)),
    _row("Digamma",    SHRINKS,    ANYTHING,   no_pole(),       Kept("tf.math.digamma({x})", _ABOVE_0)),
    _row("BesselK0",   HIDES,      ANYTHING,   above(0),        Kept("tf.math.special.bessel_k0({x})", _ABOVE_0)),
    _row("BesselK0e",  HIDES,      ANYTHING,   above(0),        Kept("tf.math.special.bessel_k0e({x})", _ABOVE_0)),
    _row("BesselK1",   HIDES,      ANYTHING,   above(0),        Kept("tf.math.special.bessel_k1({x})", _ABOVE_0)),
    _row("BesselK1e",  HIDES,      ANYTHING,   above(0),        Kept("tf.math.special.bessel_k1e({x})", _ABOVE_0)),
    _row("BesselY0",   PROPAGATES, ANYTHING,   above(0),        Kept("tf.math.special.bessel_y0({x})", _ABOVE_0)),
    _row("BesselY1",   PROPAGATES, ANYTHING,   above(0),        Kept("tf.math.special.bessel_y1({x})", _ABOVE_0)),
)
_SEVERAL = (
    _row("RealDiv",    HIDES,      QUOTIENT,   not_zero(1),     Kept(_DIVIDE, _Y_NOT_0)),
    _row("FloorDiv",   HIDES,      ANYTHING,   not_zero(1),     Kept("x // {y}", _Y_NOT_0)),
    _row("FloorMod",   HIDES,      ANYTHING,   not_zero(1),     Kept("x % {y}", _Y_NOT_0)),
    _row("TruncateDiv", HIDES,     ANYTHING,   not_zero(1),     Kept("tf.truncatediv(x, {y})", _Y_NOT_0)),
    _row("TruncateMod", HIDES,     ANYTHING,   not_zero(1),     Kept("tf.truncatemod(x, {y})", _Y_NOT_0)),
    _row("Xdivy",      HIDES,      ANYTHING,   no_quotient(),   Kept("tf.math.xdivy(x, {y})", _Y_NOT_0)),
    _row("Xlogy",      SHRINKS,    ANYTHING,   second_log(0),   Kept("tf.math.xlogy(x, {y})", _Y_ABOVE_0)),
    _row("Xlog1py",    SHRINKS,    ANYTHING,   second_log(-1),  Kept("tf.math.xlog1py(x, {y})", _Y_ABOVE_MINUS_1)),
    _row("Zeta",       HIDES,      ANYTHING,   zeta(),          Kept("tf.math.zeta({x}, {q})", _ZETA, "xq")),
    _row("Polygamma",  HIDES,      ANYTHING,   polygamma(),     Kept("tf.math.polygamma({n}, {x})", _ORDER, "nx")),
    _row("Igamma",     HIDES,      ANYTHING,   incomplete_gamma(), Kept("tf.math.igamma({a}, {x})", _GAMMA, "ax")),
    _row("Igammac",    HIDES,      ANYTHING,   incomplete_gamma(), Kept("tf.math.igammac({a}, {x})", _GAMMA, "ax")),
    _row("Betainc",    PROPAGATES, ANYTHING,   incomplete_beta(), Kept("tf.math.betainc({a}, {b}, {x})", _BETA, "abx")),
)
_TRIANGULAR = "keras.ops.solve_triangular({matrix}, b, lower=True)"
_MATRICES = (
    _row("MatrixInverse",         HIDES,      ANYTHING, _SINGULAR, Ridge("keras.ops.inv({matrix})")),
    _row("MatrixSolve",           HIDES,      ANYTHING, _SINGULAR, Ridge("keras.ops.solve({matrix}, b)")),
    _row("MatrixTriangularSolve", HIDES,      ANYTHING, _SINGULAR, Ridge(_TRIANGULAR)),
    _row("LogMatrixDeterminant",  PROPAGATES, ANYTHING, _SINGULAR, Ridge("keras.ops.slogdet({matrix})")),
    _row("Cholesky",              PROPAGATES, ANYTHING, _DEFINITE, LiftedSpectrum("keras.ops.cholesky({matrix})")),
)
_POWER = Operation(
    "Pow", HIDES, Family.POWER, IntervalRule.POWER, power(), BaseAboveZero(), None, BoundedPower(), of_statistics=True
)


def _grows(name: str, effect: Effect, rule: IntervalRule, growth: Growth, stable: Guard) -> Operation:
    return Operation(name, effect, Family.EXPONENTIAL, rule, growth=growth, stable=stable)


_TWICE = Growth(math.log(2), even=True)
_GROWING = (
    _grows("Exp",   SATURATES,  IntervalRule.EXPONENTIAL, Growth(), SOFTMAX),
    _grows("Expm1", SATURATES,  MONOTONE,                 Growth(), BoundedExponent(_EXPM1)),
    _grows("Sinh",  PROPAGATES, MONOTONE,                 _TWICE,   BoundedExponent(_SINH, even=True)),
    _grows("Cosh",  PROPAGATES, ANYTHING,                 _TWICE,   BoundedExponent(_COSH, even=True)),
)
# fmt: on

ROWS = {one.name: one for one in (*_ONE, *_SEVERAL, *_MATRICES, _POWER, *_GROWING)}
for _old, _new in {"Inv": "Reciprocal", "Div": "RealDiv", "Mod": "FloorMod"}.items():
    ROWS[_old] = ROWS[_new].named(_old)
