"""Rows of operations that answer finite numbers to moderate finite ones."""

from collections.abc import Iterator

from nantrace.operations.row import Effect, Family, IntervalRule, Operation

PROPAGATES, SHRINKS, SATURATES, HIDES = Effect.PROPAGATES, Effect.SHRINKS, Effect.SATURATES, Effect.HIDES
EXTREME, RANKS, TESTS, HANDLED = Effect.EXTREME, Effect.RANKS, Effect.TESTS, Effect.HANDLED
ANYTHING, MONOTONE, KNOWN = IntervalRule.ANYTHING, IntervalRule.MONOTONE, IntervalRule.KNOWN


def _rows(family: Family, *groups: tuple[Effect, IntervalRule, str]) -> Iterator[Operation]:
    for effect, rule, names in groups:
        for name in names.split():
            yield Operation(name, effect, family, rule, of_statistics=family is Family.NORMALIZATION)


# fmt: off
_ROWS = (
    *_rows(
        Family.PRODUCTS,
        (PROPAGATES, IntervalRule.PRODUCTS, "MatMul BatchMatMul BatchMatMulV2 BatchMatMulV3"),
        (PROPAGATES, IntervalRule.PRODUCTS, "Conv2D Conv3D DepthwiseConv2dNative"),
        (PROPAGATES, IntervalRule.EINSUM,   "Einsum"),
        (PROPAGATES, MONOTONE,              "BiasAdd"),
        (PROPAGATES, ANYTHING,              "Conv Conv2DBackpropInput Conv3DBackpropInputV2 SparseTensorDenseMatMul"),
    ),
    *_rows(
        Family.SUMS,
        (PROPAGATES, MONOTONE,                "Add AddV2 AddN"),
        (PROPAGATES, IntervalRule.DIFFERENCE, "Sub"),
        (PROPAGATES, IntervalRule.PRODUCT,    "Mul"),
    ),
    *_rows(
        Family.SQUARES,
        (PROPAGATES, IntervalRule.SQUARE,             "Square"),
        (PROPAGATES, IntervalRule.SQUARED_DIFFERENCE, "SquaredDifference"),
    ),
    *_rows(
        Family.LINEAR,
        (PROPAGATES, IntervalRule.SUM,      "Sum"),
        (PROPAGATES, MONOTONE,              "Mean Cumsum AvgPool AvgPool3D"),
        (PROPAGATES, ANYTHING,              "Prod Cumprod L2Loss SegmentSum UnsortedSegmentSum"),
        (PROPAGATES, ANYTHING,              "MatrixDeterminant"),
    ),
    *_rows(Family.NORMALIZATION, (PROPAGATES, IntervalRule.BATCH_NORM, "FusedBatchNormV3")),
    *_rows(
        Family.STABLE_EXPONENTIAL,
        (SATURATES,  IntervalRule.UNIT,         "Softmax"),
        (PROPAGATES, IntervalRule.NOT_POSITIVE, "LogSoftmax"),
        (SATURATES,  MONOTONE,                  "Elu Selu Softplus"),
    ),
    *_rows(
        Family.BOUNDED,
        (SATURATES,  MONOTONE,                 "Relu Relu6 Sigmoid Tanh Erf Sign Atan"),
        (SATURATES,  IntervalRule.UP_TO_TWO,   "Erfc"),
        (PROPAGATES, IntervalRule.ABSOLUTE,    "Abs"),
        (PROPAGATES, IntervalRule.NEGATIVE,    "Neg"),
        (PROPAGATES, MONOTONE,                 "LeakyRelu Softsign Floor Ceil Round Rint"),
        (PROPAGATES, MONOTONE,                 "ResizeBilinear ResizeNearestNeighbor"),
        (SHRINKS,    MONOTONE,                 "Asinh"),
        (PROPAGATES, IntervalRule.SIGNED_UNIT, "Sin Cos"),
        (PROPAGATES, ANYTHING,                 "Tan"),
        (HIDES,      MONOTONE,                 "Maximum Minimum Min ClipByValue"),
        (HIDES,      IntervalRule.MAXIMUM,     "Max"),
        (EXTREME,    MONOTONE,                 "MaxPool MaxPool3D"),
        (HANDLED,    ANYTHING,                 "MulNoNan DivNoNan"),
        (PROPAGATES, ANYTHING,                 "Svd SelfAdjointEigV2"),
    ),
    *_rows(
        Family.LAYOUT,
        (PROPAGATES, MONOTONE, "Reshape ExpandDims Squeeze Transpose Pad PadV2 MirrorPad ConcatV2 Concat Pack Tile"),
        (PROPAGATES, MONOTONE, "BroadcastTo IdentityN SpaceToBatchND BatchToSpaceND DepthToSpace SpaceToDepth"),
        (PROPAGATES, MONOTONE, "ReverseV2"),
        (PROPAGATES, ANYTHING, "Roll"),
        (HANDLED,    MONOTONE, "StridedSlice Slice GatherNd Split SplitV Unpack"),
        (HANDLED,    IntervalRule.LOOKUP, "GatherV2"),
        (HANDLED,    ANYTHING, "Gather DynamicPartition"),
        (HANDLED,    ANYTHING, "TensorListGetItem TensorListGather TensorListPopBack TensorListSplit"),
        (HANDLED,    IntervalRule.SELECTION, "Select SelectV2"),
    ),
    *_rows(
        Family.PLUMBING,
        (PROPAGATES, MONOTONE,          "Identity StopGradient PreventGradient Snapshot"),
        (PROPAGATES, IntervalRule.CAST, "Cast"),
        (PROPAGATES, ANYTHING,          "Placeholder"),
    ),
    *_rows(Family.WEIGHT, (PROPAGATES, ANYTHING, "Const ReadVariableOp")),
    *_rows(Family.LOOKUP, (HANDLED, IntervalRule.LOOKUP, "ResourceGather")),
    *_rows(
        Family.DECODING,
        (PROPAGATES, ANYTHING, "ParseExample ParseExampleV2 ParseSingleExample ParseSequenceExample"),
        (PROPAGATES, ANYTHING, "ParseSequenceExampleV2 ParseSingleSequenceExample ParseTensor"),
        (PROPAGATES, ANYTHING, "StringToNumber DecodeCSV DecodeRaw DecodePaddedRaw"),
    ),
    *_rows(
        Family.ASKING,
        (TESTS,   ANYTHING,          "IsNan IsInf IsFinite"),
        (HANDLED, KNOWN,             "Shape ShapeN Size Rank ZerosLike OnesLike TensorListLength"),
        (RANKS,   ANYTHING,          "TopKV2 UniqueV2 MaxPoolWithArgmax"),
        (HIDES,   ANYTHING,          "ArgMax ArgMin Equal NotEqual Greater GreaterEqual Less LessEqual"),
        (HIDES,   IntervalRule.UNIT, "OneHot"),
    ),
)
# fmt: on
ROWS = {one.name: one for one in _ROWS}
