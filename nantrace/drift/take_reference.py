"""Takes the reference of the diagnosis: what the model's inputs looked like in training.

It is made of the same summaries of columns as the profile of drift. The two differ in the cells they look at: the
reference takes all positions of an image or a sequence, and all columns of whole numbers or texts together, since a
diagnosis asks whether training ever showed the model such a value.
"""

import numpy as np

from nantrace.drift.column_summary import few_texts, text_counts
from nantrace.drift.long_columns import number_reference
from nantrace.reference import FeatureReference, InputReference, Reference
from nantrace.tensors.tensor import Tensor, Tensors


def take_reference(tensors: Tensors) -> Reference:
    """The statistics of training inputs exactly as the model received them."""
    return Reference(tensors.rows, {tensor.name: _input_reference(tensor) for tensor in tensors})


def _input_reference(tensor: Tensor) -> InputReference:
    values = tensor.values
    shape, kind = list(values.shape[1:]), values.dtype.kind
    if kind == "U":
        return InputReference(shape, kind, [_text_reference(tensor)])
    pooled = kind in "iub" or values.ndim < 2  # one vocabulary for all positions of integers
    width = 1 if pooled else values.shape[-1]
    columns = values.reshape(-1, width)
    sent = None if tensor.sent is None else tensor.sent.reshape(-1, width)
    features = [number_reference(columns[:, i], None if sent is None else sent[:, i]) for i in range(width)]
    return InputReference(shape, kind, features)


def _text_reference(tensor: Tensor) -> FeatureReference:
    texts, _ = text_counts(tensor.values.ravel(), None if tensor.sent is None else tensor.sent.ravel())
    missing = float(np.mean(tensor.missing())) if tensor.values.size else 0.0
    return FeatureReference(None, None, None, None, None, missing, few_texts(texts.tolist()))
