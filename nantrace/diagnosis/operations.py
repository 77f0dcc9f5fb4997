"""Families of TensorFlow operations, by how they leave the finite numbers."""

from collections.abc import Mapping
from typing import Any

EXPONENTIAL = {"Exp", "Expm1", "Cosh", "Sinh", "Exp2", "Softmax", "LogSoftmax", "Elu", "Softplus", "Tan"}
BOUNDED_DOMAIN = {
    *(
        "Log",
        "Log1p",
        "Sqrt",
        "Rsqrt",
        "Reciprocal",
        "Inv",
        "RealDiv",
        "Div",
        "TruncateDiv",
        "FloorDiv",
        "Mod",
    ),
    *("FloorMod", "Xdivy", "Xlogy", "Xlog1py", "Acos", "Asin", "Acosh", "Atanh", "Lgamma", "Digamma", "Zeta"),
    *("Polygamma", "Igamma", "Igammac", "Betainc", "Erfinv", "Ndtri", "MatrixInverse", "Cholesky", "Logit"),
    *(
        "MatrixDeterminant",
        "LogMatrixDeterminant",
        "MatrixSolve",
        "MatrixTriangularSolve",
        "SelfAdjointEigV2",
        "Svd",
    ),
}
LINEAR = {
    *(
        "MatMul",
        "BatchMatMul",
        "BatchMatMulV2",
        "BatchMatMulV3",
        "Einsum",
        "Conv1D",
        "Conv2D",
        "Conv3D",
        "Dot",
    ),
    *(
        "DepthwiseConv2dNative",
        "Conv2DBackpropInput",
        "Conv3DBackpropInputV2",
        "BiasAdd",
        "Add",
        "AddV2",
        "AddN",
    ),
    *(
        "Sub",
        "Mul",
        "Sum",
        "Mean",
        "Prod",
        "Cumsum",
        "Cumprod",
        "Square",
        "SquaredDifference",
        "Neg",
        "L2Loss",
    ),
    *("SegmentSum", "UnsortedSegmentSum", "SparseTensorDenseMatMul", "AvgPool", "AvgPool3D", "Conv", "Cast"),
}
DECODING = {
    *("ParseExample", "ParseExampleV2", "ParseSingleExample", "ParseSequenceExample", "ParseSequenceExampleV2"),
    *("ParseSingleSequenceExample", "ParseTensor", "StringToNumber", "DecodeCSV", "DecodeRaw", "DecodePaddedRaw"),
}
STATISTICAL = {"Rsqrt", "Sqrt", "RealDiv", "Div", "Reciprocal", "Inv", "Pow", "FusedBatchNormV3", "Log"}


def family(place: Mapping[str, Any]) -> str:
    """`exponential`, `domain` or `linear`, by the operation's type and, for powers, by what it was given."""
    operation = place.get("operation")
    if operation == "Pow":
        return _family_of_power(place)
    if operation in EXPONENTIAL:
        return "exponential"
    if operation in BOUNDED_DOMAIN:
        return "domain"
    if operation in LINEAR:
        return "linear"
    return "domain" if place.get("value") == "NaN" else "linear"


def _family_of_power(place: Mapping[str, Any]) -> str:
    operands = place.get("operands") or [0.0]
    base = operands[0]
    undefined = place.get("value") == "NaN" or (isinstance(base, (int, float)) and base == 0)
    return "domain" if undefined else "exponential"


def is_sent(place: Mapping[str, Any]) -> bool:
    """Whether what is bad there came with the rows: as a number, or in a text or message that is read there."""
    return place["kind"] == "input" or place.get("operation") in DECODING


def is_too_large(place: Mapping[str, Any]) -> bool:
    """Whether a quotient is infinite because it is too large, and not because its denominator is 0."""
    operands = place.get("operands") or []
    quotient = place.get("operation") in ("RealDiv", "Div") and place.get("value") != "NaN"
    return bool(quotient and operands and operands[-1])


def is_statistic(place: Mapping[str, Any]) -> bool:
    """Whether a weight or constant of a normalisation layer is what the data gave it, not what was trained."""
    return bool(place.get("normalises")) and place["name"].rsplit("/", 1)[-1] not in ("gamma", "beta")
