"""What to do about rows, with code that a person can paste; of arrays of the shape that the model takes."""

from textwrap import dedent

from nantrace.diagnosis.cells import MISSING_TEXTS
from nantrace.diagnosis.diagnosed import Diagnosed
from nantrace.diagnosis.finding import Remedy
from nantrace.tensors.tensor import Tensor


def impute(told: Diagnosed) -> list[Remedy]:
    """By what the input is: columns of numbers, a series or an image, whole numbers, text."""
    sentinels = sorted({sentinel.value for sentinel in told.details.get("sentinels") or []})
    tensor = _tensor(told)
    if tensor is not None and tensor.values.dtype.kind == "U":
        code = _impute_text(told, tensor)
    elif tensor is not None and tensor.values.dtype.kind in "iub":
        code = f"""\
            import numpy as np

            rows = np.where(np.isin(rows, {[int(one) for one in sentinels]}), {_value(told, tensor)}, rows)"""
    elif tensor is not None and tensor.values.ndim != 2:
        code = _impute_channels(sentinels)
    else:
        code = _impute_columns(told, sentinels)
    why = "Nothing can be computed with a missing value. Fill it before the model, as training filled it."
    return [Remedy("impute", "Fill missing values before the model", why, dedent(code), told.proven)]


def _impute_columns(told: Diagnosed, sentinels: list[float]) -> str:
    lines = ["import numpy as np", "from sklearn.impute import SimpleImputer", ""]
    lines.append("imputer = SimpleImputer(strategy='mean').fit(training_rows)  # once, beside the scaler")
    if sentinels:
        lines.append(f"rows = np.where(np.isin(rows, {sentinels}), np.nan, rows)  # these stand for missing")
    lines.append("rows = imputer.transform(rows)")
    means = {f.name: f.reference["mean"] for f in told.features if f.reference is not None}
    lines += [f"# means of the training data: {means}"] if means else []
    return "\n".join(lines)


def _impute_channels(sentinels: list[float]) -> str:
    gone = f"np.isnan(rows) | np.isin(rows, {sentinels})" if sentinels else "np.isnan(rows)"
    return f"""\
        import numpy as np

        flat = training_rows.reshape(-1, training_rows.shape[-1] if training_rows.ndim > 1 else 1)
        means = np.nanmean(flat, axis=0)  # once, beside the scaler
        rows = np.where({gone}, means, rows)  # or, in a series: carry the last known value forward"""


def _impute_text(told: Diagnosed, tensor: Tensor) -> str:
    return f"""\
        import numpy as np

        missing = np.isin(np.char.lower(rows.astype(str)), {list(MISSING_TEXTS)})
        rows = np.where(missing, {_value(told, tensor)}, rows)  # or a text that training used for unknown"""


def _tensor(told: Diagnosed) -> Tensor | None:
    return told.case.inputs.by_name[told.features[0].input] if told.features else None


def _value(told: Diagnosed, tensor: Tensor) -> str:
    """What the trial put into the cells of an input with one vocabulary."""
    edit = told.trial.edit if told.trial is not None else None
    values = edit.values[tensor.name] if edit is not None else tensor.values
    value = values.ravel()[0].item()
    return repr(value if isinstance(value, str) else int(value))


def replace_infinite(told: Diagnosed) -> list[Remedy]:
    names = ", ".join(feature.name for feature in told.features) or "the feature"
    logarithm = any("-Infinity" in feature.values for feature in told.features)
    lines = ["import numpy as np", "", f"# where {names} is computed, do not divide by zero:"]
    lines.append("ratio = np.divide(top, bottom, out=np.zeros_like(top), where=bottom != 0)")
    lines += ["# nor take the logarithm of zero:", "logarithm = np.log(np.maximum(x, 1e-7))"] if logarithm else []
    lines += ["# or as the last step before the model:"]
    lines += ["known = np.where(np.isfinite(training_rows), training_rows, np.nan)"]
    lines += ["means = np.nanmean(known.reshape(-1, known.shape[-1] if known.ndim > 1 else 1), axis=0)"]
    lines += ["rows = np.where(np.isinf(rows), means, rows)"]
    why = "An infinity in the rows usually is a division by zero, or a logarithm of zero, before the model."
    return [Remedy("replace_infinite", "Keep infinities out of the rows", why, "\n".join(lines), told.proven)]


def rescale(told: Diagnosed) -> list[Remedy]:
    what = told.details.get("what", "the rows are on another scale than the training data")
    why = f"With this undone, the rows lie where the training data lie: {what}."
    code = str(told.details.get("code", ""))
    return [Remedy("rescale", "Scale the rows as in training", why, code, told.proven)]


def clip(told: Diagnosed) -> list[Remedy]:
    """Columns by name where somebody named them, else by their position; an input with one vocabulary as a whole."""
    known = [(one, (one.reference["min"], one.reference["max"])) for one in told.features if one.reference is not None]
    tensor = _tensor(told)
    if tensor is not None and told.case.width(tensor.name) == 1 and known:
        low, high = known[0][1]
        code = f"rows = rows.clip({low}, {high})  # the range of the training data"
    elif _named(told) and tensor is not None and tensor.values.ndim == 2:
        limits = {one.name: limit for one, limit in known}
        code = f"""\
            limits = {limits}  # of the training data
            for name, (low, high) in limits.items():
                frame[name] = frame[name].clip(low, high)"""
    else:
        places = {one.index: limit for one, limit in known}
        code = f"""\
            limits = {places}  # of the training data, by position on the last axis
            for index, (low, high) in limits.items():
                rows[..., index] = rows[..., index].clip(low, high)"""
    why = "Training never showed the model such values, and beyond its range it can answer anything."
    title = "Clip into the range of the training data, or refuse such rows"
    return [Remedy("clip", title, why, dedent(code), told.proven)]


def _named(told: Diagnosed) -> bool:
    """Whether somebody named the features."""
    named = all(one.name != f"{one.input}[{one.index}]" for one in told.features)
    return named and bool(told.case.metadata.get("features"))


def valid_position(told: Diagnosed) -> list[Remedy]:
    why = "An average or an attention over no position is 0 / 0."
    apart = "Do not ask the model about empty sequences"
    if told.trial is not None and told.trial.edit is None:  # the mask is the model's own
        code = """\
            # a mask of finite numbers: a row without any valid position is weighted evenly, and not NaN
            scores = keras.ops.where(mask, scores, -1e9)  # -3e4 in float16"""
        return [Remedy("guard_operation", "Mask with a large negative number", why, dedent(code), told.proven)]
    tensor = _tensor(told)
    code = """\
        empty = (tokens != 0).sum(axis=1) == 0  # where 0 is the padding
        tokens[empty, 0] = unknown_token  # or answer these rows without the model"""
    if tensor is not None and tensor.values.dtype.kind in "iu" and tensor.values.size == tensor.rows:
        code = """\
            import numpy as np

            lengths = np.maximum(lengths, 1)  # or answer these rows without the model"""
    elif tensor is not None and tensor.values.dtype.kind == "U":
        code = """\
            import numpy as np

            has_word = np.vectorize(lambda text: any(map(str.isalnum, text)), otypes=[bool])
            wordless = ~has_word(texts.astype(str))
            texts[wordless] = "unknown"  # a word that training knows, or answer these rows without the model"""
    elif tensor is not None and tensor.values.dtype.kind in "fb" and tensor.values.ndim == 2:
        code = """\
            empty = ~mask.astype(bool).any(axis=1)
            mask[empty, 0] = 1  # or answer these rows without the model"""
    elif tensor is not None and tensor.values.dtype.kind == "f":
        code = """\
            axes = tuple(range(1, rows.ndim))
            empty = (rows == rows[:, :1]).all(axis=axes)  # padding throughout
            answers[empty], answers[~empty] = fallback, model.predict(rows[~empty])"""
    return [Remedy("valid_position", apart, why, dedent(code), told.proven)]
