"""How TensorFlow's kernels are called with numbers of one's own, one entry for each operation of the table.

Only the program `check_operations.py` imports this: the process that runs the tests imports no TensorFlow.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

Array = NDArray[Any]
raw: Any = tf.raw_ops


@dataclass(frozen=True)
class Call:
    """A kernel and ordinary inputs for it, all of which may be changed."""

    kernel: Callable[..., Any]
    inputs: tuple[Array, ...]

    def __call__(self, *inputs: Array) -> list[Array]:
        """The answers to the inputs, with those that are not given as they are."""
        found = self.kernel(*(tf.constant(one) for one in inputs))
        return [np.asarray(one) for one in (found if isinstance(found, (list, tuple)) else [found]) if one is not None]


LINE = np.array([0.3, 0.7, 0.4, 0.9], np.float32)
OTHER = np.array([0.6, 0.2, 0.8, 0.5], np.float32)
TABLE = np.array([[0.3, 0.7], [0.4, 0.9], [0.2, 0.6]], np.float32)
SQUARE = np.array([[2.0, 0.3], [0.3, 1.5]], np.float32)
IMAGE = np.linspace(0.1, 0.9, 32, dtype=np.float32).reshape(1, 4, 4, 2)
VOLUME = np.linspace(0.1, 0.9, 64, dtype=np.float32).reshape(1, 4, 4, 4, 1)
FILTER, FILTER_3D = np.full((2, 2, 2, 2), 0.5, np.float32), np.full((2, 2, 2, 1, 1), 0.5, np.float32)
FOUR, FIVE = [1, 1, 1, 1], [1, 1, 1, 1, 1]
POOL = {"ksize": [1, 2, 2, 1], "strides": [1, 2, 2, 1], "padding": "VALID"}
POOL_3D = {"ksize": [1, 2, 2, 2, 1], "strides": [1, 2, 2, 2, 1], "padding": "VALID"}
EVERY_OTHER = [True, False, True, False]
Z = tf.zeros([0], tf.string)


def _named(name: str, *keys: str, **fixed: Any) -> Callable[..., Any]:
    """The raw operation with tensors by the names of its inputs."""
    operation = getattr(raw, name)
    return lambda *tensors: _flat(operation(**dict(zip(keys, tensors, strict=False)), **fixed))


def _flat(answer: Any) -> Any:
    return list(answer) if isinstance(answer, (list, tuple)) else answer


def _calls(names: str, keys: str, *inputs: Array, **fixed: Any) -> dict[str, Call]:
    return {name: Call(_named(name, *keys.split(), **fixed), inputs) for name in names.split()}


def _variable(name: str, **fixed: Any) -> Callable[[Any], Any]:
    def kernel(x: Any) -> Any:
        held = tf.Variable(x)
        return getattr(raw, name)(resource=held.handle, dtype=tf.float32, **fixed)

    return kernel


def _placeholder(x: Any) -> Any:
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        place = raw.Placeholder(dtype=tf.float32)
        return session.run(place, {place: x.numpy()})


def _constant(x: Any) -> Any:
    return tf.function(lambda: raw.Const(value=tf.make_tensor_proto(x.numpy()), dtype=tf.float32))()


def _tensor_list(name: str, **others: Any) -> Callable[[Any], Any]:
    """An operation on a list that was made of the rows of a tensor."""

    def kernel(x: Any) -> Any:
        held = raw.TensorListFromTensor(tensor=x, element_shape=[2])
        found = _flat(getattr(raw, name)(input_handle=held, **others))
        return found[-1] if isinstance(found, list) else found

    return kernel


def _list_split(x: Any) -> Any:
    held = raw.TensorListSplit(tensor=x, element_shape=[-1, 2], lengths=tf.constant([1, 2], tf.int64))
    return raw.TensorListGetItem(input_handle=held, index=0, element_shape=[1, 2], element_dtype=tf.float32)


def _example(x: Any) -> bytes:
    numbers = tf.train.Feature(float_list=tf.train.FloatList(value=x.numpy().ravel().tolist()))
    return tf.train.Example(features=tf.train.Features(feature={"x": numbers})).SerializeToString()  # type: ignore[no-any-return]


def _sequence(x: Any) -> bytes:
    numbers = tf.train.Feature(float_list=tf.train.FloatList(value=x.numpy().ravel().tolist()))
    held = tf.train.SequenceExample(context=tf.train.Features(feature={"x": numbers}))
    return held.SerializeToString()  # type: ignore[no-any-return]


def _dense(x: Any) -> dict[str, Any]:
    return {"dense_defaults": [tf.zeros([0])], "dense_shapes": [x.shape]}


def _parse_example(x: Any) -> Any:
    given = {"serialized": [_example(x)], "names": Z, "sparse_keys": [], "dense_keys": ["x"], "sparse_types": []}
    return raw.ParseExample(**given, **_dense(x)).dense_values[0]


def _parse_example_v2(x: Any) -> Any:
    keys = {"sparse_keys": Z, "dense_keys": ["x"], "ragged_keys": Z, "num_sparse": 0}
    types: dict[str, Any] = {"sparse_types": [], "ragged_value_types": [], "ragged_split_types": []}
    return raw.ParseExampleV2(serialized=[_example(x)], names=Z, **keys, **types, **_dense(x)).dense_values[0]


def _parse_single_example(x: Any) -> Any:
    keys = {"sparse_keys": [], "dense_keys": ["x"], "num_sparse": 0, "sparse_types": []}
    return raw.ParseSingleExample(serialized=_example(x), **keys, **_dense(x)).dense_values[0]


_SEQUENCE_TYPES = {
    "context_dense_shapes": [[4]],
    "context_dense_defaults": [tf.zeros([0])],
    "feature_list_dense_shapes": [],
    "feature_list_dense_types": [],
    "feature_list_sparse_types": [],
    "context_sparse_types": [],
}
_SEQUENCE_KEYS = {
    "context_sparse_keys": [],
    "context_dense_keys": ["x"],
    "feature_list_sparse_keys": [],
    "feature_list_dense_keys": [],
}


def _parse_sequence_example(x: Any) -> Any:
    given = {"serialized": [_sequence(x)], "debug_name": Z, "feature_list_dense_missing_assumed_empty": []}
    return raw.ParseSequenceExample(
        **given, **_SEQUENCE_KEYS, **_SEQUENCE_TYPES, Ncontext_dense=1
    ).context_dense_values[0]


def _parse_sequence_example_v2(x: Any) -> Any:
    keys = dict.fromkeys(_SEQUENCE_KEYS, Z) | {"context_dense_keys": ["x"]}
    ragged = {"context_ragged_keys": Z, "feature_list_ragged_keys": Z}
    missing = {"feature_list_dense_missing_assumed_empty": tf.zeros([0], tf.bool)}
    found = raw.ParseSequenceExampleV2(
        serialized=[_sequence(x)], debug_name=Z, **keys, **ragged, **missing, **_SEQUENCE_TYPES
    )
    return found.context_dense_values[0]


def _parse_single_sequence_example(x: Any) -> Any:
    given = {"serialized": _sequence(x), "debug_name": "", "feature_list_dense_missing_assumed_empty": Z}
    return raw.ParseSingleSequenceExample(**given, **_SEQUENCE_KEYS, **_SEQUENCE_TYPES).context_dense_values[0]


def _texts(x: Any) -> list[str]:
    return [repr(float(one)) for one in x.numpy().ravel()]


_ELEMENTWISE = (
    "Log Log1p Sqrt Rsqrt Reciprocal Inv Acos Asin Atanh Erfinv Ndtri Lgamma Digamma BesselK0 BesselK0e BesselK1 "
    "BesselK1e BesselY0 BesselY1 Exp Expm1 Sinh Cosh Square Sigmoid Tanh Erf Erfc Sign Atan Asinh Abs Neg Floor Ceil "
    "Round Rint Sin Cos Tan IsNan IsInf IsFinite ZerosLike OnesLike"
)
_PAIRS = (
    "RealDiv Div FloorDiv FloorMod Mod TruncateMod Xdivy Xlogy Xlog1py Pow Add AddV2 Sub Mul SquaredDifference "
    "Maximum Minimum TruncateDiv Greater GreaterEqual Less LessEqual"
)
_BATCH_NORM = _named("FusedBatchNormV3", "x", "scale", "offset", "mean", "variance", epsilon=1e-3, is_training=False)
_TWO = np.ones(2, np.float32)
CALLS: Mapping[str, Call] = {
    **_calls(_ELEMENTWISE, "x", LINE),
    **_calls(_PAIRS, "x y", LINE, OTHER),
    **_calls("MulNoNan DivNoNan", "x y", LINE, np.array([0.6, 0.0, 0.8, 0.5], np.float32)),
    **_calls("Equal NotEqual", "x y", LINE, LINE),
    **_calls("Acosh", "x", LINE + 1),
    **_calls("Zeta", "x q", LINE + 1, OTHER),
    **_calls("Polygamma", "a x", np.array([0, 1, 2, 3], np.float32), OTHER),
    **_calls("Igamma Igammac", "a x", LINE, OTHER),
    **_calls("Betainc", "a b x", LINE, OTHER, LINE[::-1].copy()),
    **_calls("Elu Selu Softplus Relu Relu6 Softsign LeakyRelu", "features", LINE),
    **_calls("Softmax LogSoftmax", "logits", LINE[None]),
    **_calls("MatrixInverse LogMatrixDeterminant MatrixDeterminant Cholesky Svd SelfAdjointEigV2", "input", SQUARE),
    **_calls("MatrixSolve MatrixTriangularSolve", "matrix rhs", SQUARE, TABLE[:2]),
    **_calls("MatMul", "a b", TABLE, SQUARE),
    **_calls("BatchMatMul BatchMatMulV2", "x y", TABLE[None], SQUARE[None]),
    **_calls("BatchMatMulV3", "x y", TABLE[None], SQUARE[None], Tout=tf.float32),
    "Einsum": Call(lambda x, y: raw.Einsum(inputs=[x, y], equation="ij,jk->ik"), (TABLE, SQUARE)),
    **_calls("Conv2D Conv", "input filter", IMAGE, FILTER, strides=FOUR, padding="VALID"),
    **_calls("DepthwiseConv2dNative", "input filter", IMAGE, FILTER, strides=FOUR, padding="VALID"),
    **_calls("Conv3D", "input filter", VOLUME, FILTER_3D, strides=FIVE, padding="VALID"),
    "Conv2DBackpropInput": Call(
        lambda x, y: raw.Conv2DBackpropInput(
            input_sizes=[1, 5, 5, 2], filter=y, out_backprop=x, strides=FOUR, padding="VALID"
        ),
        (IMAGE, FILTER),
    ),
    "Conv3DBackpropInputV2": Call(
        lambda x, y: raw.Conv3DBackpropInputV2(
            input_sizes=[1, 5, 5, 5, 1], filter=y, out_backprop=x, strides=FIVE, padding="VALID"
        ),
        (VOLUME, FILTER_3D),
    ),
    **_calls("BiasAdd", "value bias", TABLE, _TWO),
    "SparseTensorDenseMatMul": Call(
        lambda x, y: raw.SparseTensorDenseMatMul(
            a_indices=tf.constant([[0, 0], [0, 1], [1, 0], [1, 1], [2, 1], [2, 0]], tf.int64),
            a_values=tf.reshape(x, [-1]),
            a_shape=tf.constant([3, 2], tf.int64),
            b=y,
        ),
        (TABLE, SQUARE),
    ),
    "AddN": Call(lambda x, y: raw.AddN(inputs=[x, y]), (LINE, OTHER)),
    **_calls("Sum Mean Prod Max Min", "input", TABLE, axis=[1]),
    **_calls("Cumsum Cumprod", "x", TABLE, axis=1),
    **_calls("AvgPool", "value", IMAGE, **POOL),
    **_calls("MaxPool", "input", IMAGE, **POOL),
    **_calls("MaxPoolWithArgmax", "input", IMAGE, **POOL),
    **_calls("AvgPool3D MaxPool3D", "input", VOLUME, **POOL_3D),
    **_calls("L2Loss", "t", LINE),
    **_calls("SegmentSum", "data", LINE, segment_ids=[0, 0, 1, 1]),
    **_calls("UnsortedSegmentSum", "data", LINE, segment_ids=[1, 0, 1, 1], num_segments=2),
    "FusedBatchNormV3": Call(lambda x: _BATCH_NORM(x, _TWO, _TWO, _TWO, _TWO)[0], (IMAGE,)),
    **_calls("ResizeBilinear ResizeNearestNeighbor", "images", IMAGE, size=[3, 7]),
    **_calls("ClipByValue", "t", LINE, clip_value_min=-1.0, clip_value_max=1.0),
    **_calls("Reshape", "tensor", TABLE, shape=[2, 3]),
    **_calls("ExpandDims", "input", LINE, axis=0),
    **_calls("Squeeze", "input", LINE[None], axis=[0]),
    **_calls("Transpose", "x", TABLE, perm=[1, 0]),
    **_calls("Pad", "input", LINE, paddings=[[1, 1]]),
    **_calls("PadV2", "input", LINE, paddings=[[1, 1]], constant_values=0.0),
    **_calls("MirrorPad", "input", LINE, paddings=[[1, 1]], mode="REFLECT"),
    "ConcatV2": Call(lambda x, y: raw.ConcatV2(values=[x, y], axis=0), (LINE, OTHER)),
    "Concat": Call(lambda x, y: raw.Concat(values=[x, y], concat_dim=0), (LINE, OTHER)),
    "Pack": Call(lambda x, y: raw.Pack(values=[x, y]), (LINE, OTHER)),
    "IdentityN": Call(lambda x, y: raw.IdentityN(input=[x, y]), (LINE, OTHER)),
    **_calls("Tile", "input", LINE, multiples=[2]),
    **_calls("BroadcastTo", "input", LINE, shape=[3, 4]),
    **_calls("SpaceToBatchND", "input", IMAGE, block_shape=[2, 2], paddings=[[0, 0], [0, 0]]),
    **_calls("BatchToSpaceND", "input", IMAGE.reshape(4, 2, 2, 2), block_shape=[2, 2], crops=[[0, 0], [0, 1]]),
    **_calls("DepthToSpace", "input", IMAGE.reshape(1, 2, 2, 8), block_size=2),
    **_calls("SpaceToDepth", "input", IMAGE, block_size=2),
    **_calls("ReverseV2", "tensor", LINE, axis=[0]),
    **_calls("Roll", "input", LINE, shift=1, axis=0),
    **_calls("StridedSlice", "input", LINE, begin=[0], end=[2], strides=[1]),
    **_calls("Slice", "input", LINE, begin=[1], size=[2]),
    **_calls("Gather", "params", LINE, indices=[1, 2]),
    **_calls("GatherV2", "params", LINE, indices=[1, 2], axis=0),
    **_calls("GatherNd", "params", LINE, indices=[[1], [2]]),
    "Split": Call(lambda x: raw.Split(axis=0, value=x, num_split=2)[0], (LINE,)),
    "SplitV": Call(lambda x: raw.SplitV(value=x, size_splits=[1, 3], axis=0, num_split=2)[0], (LINE,)),
    "Unpack": Call(lambda x: raw.Unpack(value=x, num=4)[0], (LINE,)),
    "DynamicPartition": Call(
        lambda x: raw.DynamicPartition(data=x, partitions=[0, 1, 0, 1], num_partitions=2)[0], (LINE,)
    ),
    "TensorListGetItem": Call(
        _tensor_list("TensorListGetItem", index=0, element_shape=[2], element_dtype=tf.float32), (TABLE,)
    ),
    "TensorListGather": Call(
        _tensor_list("TensorListGather", indices=[0, 1], element_shape=[2], element_dtype=tf.float32), (TABLE,)
    ),
    "TensorListPopBack": Call(_tensor_list("TensorListPopBack", element_shape=[2], element_dtype=tf.float32), (TABLE,)),
    "TensorListLength": Call(_tensor_list("TensorListLength"), (TABLE,)),
    "TensorListSplit": Call(_list_split, (TABLE,)),
    "Select": Call(lambda x, y: raw.Select(condition=EVERY_OTHER, x=x, y=y), (LINE, OTHER)),
    "SelectV2": Call(lambda x, y: raw.SelectV2(condition=EVERY_OTHER, t=x, e=y), (LINE, OTHER)),
    **_calls("Identity StopGradient PreventGradient Snapshot Shape Size Rank", "input", LINE),
    "ShapeN": Call(lambda x: raw.ShapeN(input=[x]), (LINE,)),
    **_calls("Cast", "x", LINE, DstT=tf.float64),
    "Placeholder": Call(_placeholder, (LINE,)),
    "Const": Call(_constant, (LINE,)),
    "ReadVariableOp": Call(_variable("ReadVariableOp"), (LINE,)),
    "ResourceGather": Call(_variable("ResourceGather", indices=[1, 2]), (LINE,)),
    "ParseExample": Call(_parse_example, (LINE,)),
    "ParseExampleV2": Call(_parse_example_v2, (LINE,)),
    "ParseSingleExample": Call(_parse_single_example, (LINE,)),
    "ParseSequenceExample": Call(_parse_sequence_example, (LINE,)),
    "ParseSequenceExampleV2": Call(_parse_sequence_example_v2, (LINE,)),
    "ParseSingleSequenceExample": Call(_parse_single_sequence_example, (LINE,)),
    "ParseTensor": Call(lambda x: raw.ParseTensor(serialized=tf.io.serialize_tensor(x), out_type=tf.float32), (LINE,)),
    "StringToNumber": Call(lambda x: raw.StringToNumber(string_tensor=_texts(x)), (LINE,)),
    "DecodeCSV": Call(lambda x: raw.DecodeCSV(records=[",".join(_texts(x))], record_defaults=[[0.0]] * 4), (LINE,)),
    "DecodeRaw": Call(lambda x: raw.DecodeRaw(bytes=[x.numpy().tobytes()], out_type=tf.float32), (LINE,)),
    "DecodePaddedRaw": Call(
        lambda x: raw.DecodePaddedRaw(input_bytes=[x.numpy().tobytes()], fixed_length=16, out_type=tf.float32), (LINE,)
    ),
    **_calls("TopKV2", "input", LINE, k=2),
    **_calls("UniqueV2", "x", LINE, axis=[0]),
    **_calls("ArgMax ArgMin", "input", LINE, dimension=0),
    "OneHot": Call(lambda x: raw.OneHot(indices=tf.cast(x, tf.int32), depth=3, on_value=1.0, off_value=0.0), (LINE,)),
}
