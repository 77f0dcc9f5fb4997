"""NaN or infinity in a weight, a state variable or a constant of the registered model itself."""

from textwrap import dedent

from nantrace.diagnosis.case import Json
from nantrace.diagnosis.cause import Cause, ModelChange, Suspect
from nantrace.diagnosis.diagnosed_rows import DiagnosedRows
from nantrace.diagnosis.finding import Remedy
from nantrace.diagnosis.operations import is_statistic
from nantrace.diagnosis.shared_advice import RETRAIN, new_statistics, variables_code
from nantrace.diagnosis.trials import Bench, Trial

_FINITE_WEIGHTS = """\
import numpy as np

for variable in {variables}:  # to see that nothing else is wrong
    values = np.asarray(variable)
    if "float" in str(variable.dtype) and not np.isfinite(values).all():
        variable.assign(np.where(np.isfinite(values), values, {filler}))"""


def _is_table(source: Json) -> bool:
    return source.get("kind") == "constant" and str(source.get("operation")).startswith("LookupTableFind")


def is_kept(source: Json) -> bool:
    """Whether the bad value is one that the model keeps."""
    return source["kind"] in ("weight", "constant")


def repaired(bench: Bench, suspect: Suspect) -> list[Trial]:
    """With 0 in place of a weight, which makes new bad values where something is divided by it; then with 1."""
    change = {"weights": "repair", "constants": suspect.constants}
    note = "non-finite weights became 0 (a variance 1), non-finite constants 1"
    nothing = bench.try_change("repair_weights", change, suspect.rows, note)
    if nothing.cured[suspect.rows].all():
        return [nothing]
    ones = bench.try_change("repair_weights", change | {"filler": 1}, suspect.rows, "non-finite weights became 1")
    return [ones if ones.cured.sum() > nothing.cured.sum() else nothing]


def because(diagnosed: DiagnosedRows) -> str:
    source = diagnosed.source or {}
    owner = f"the model ({source['name']})" if source.get("kind") == "weight" else "the model"
    where = source.get("layer") or owner
    if _is_table(source):
        return f"a look-up table of {where} answers NaN or infinity for what was looked up"
    if is_statistic(source):
        return f"statistics that {where} keeps are NaN or infinite"
    return f"{'constants' if source.get('kind') == 'constant' else 'weights'} of {where} are NaN or infinite"


def remedies(diagnosed: DiagnosedRows) -> list[Remedy]:
    """By what is not finite: a trained weight, a statistic that the data gave, a number kept in the graph."""
    source = diagnosed.source or {}
    if is_statistic(source):
        return _shown(diagnosed, "statistics", _compute_again(diagnosed))
    if _is_table(source):
        return [_fill_table(diagnosed)]
    if source.get("kind") == "constant":
        return _shown(diagnosed, "constants", _export_again(diagnosed))
    return _shown(diagnosed, "weights", _train_again(diagnosed))


def _shown(diagnosed: DiagnosedRows, what: str, remedy: Remedy) -> list[Remedy]:
    """Of constants in a graph there is no code that a person could paste."""
    if not diagnosed.proven or diagnosed.source is None or diagnosed.source["kind"] != "weight":
        return [remedy]
    shown = f"With finite numbers in place of these {what} the rows are finite. That shows the cause; it is no repair."
    ones = diagnosed.trial is not None and diagnosed.trial.change.get("filler") == 1
    filler = "1" if ones else '1 if "variance" in variable.name else 0'
    code = _FINITE_WEIGHTS.format(variables=variables_code(diagnosed.case.model.layers), filler=filler)
    return [Remedy("repair_weights", f"The non-finite {what} are the cause", shown, code, proven=True), remedy]


def _compute_again(diagnosed: DiagnosedRows) -> Remedy:
    why = (
        f"{diagnosed.layer} keeps statistics of the training data, and these are NaN or infinite: one missing or "
        "infinite value among the rows that it was adapted or trained on is enough."
    )
    title = f"Recompute the statistics of {diagnosed.layer}"
    return Remedy("retrain", title, why, new_statistics(diagnosed))


def _export_again(diagnosed: DiagnosedRows) -> Remedy:
    code = """\
        import numpy as np

        scale = np.where(std > 0, std, 1.0)  # a column that never varied has no spread to divide by
        assert np.isfinite(mean).all() and np.isfinite(1 / scale).all()"""
    why = (
        f"The graph of {diagnosed.layer} holds a constant that is NaN or infinite: most often a statistic that was "
        "computed before the model was saved, such as 1 / std of a column that never varied."
    )
    return Remedy("retrain", "Save the model again with finite constants", why, dedent(code))


def _fill_table(diagnosed: DiagnosedRows) -> Remedy:
    code = """\
        import numpy as np
        import tensorflow as tf

        encoded = training_frame.groupby(category)[target].mean()
        assert np.isfinite(encoded).all(), encoded[~np.isfinite(encoded)]  # a category without any known target
        table = tf.lookup.StaticHashTable(
            tf.lookup.KeyValueTensorInitializer(encoded.index.to_numpy(str), encoded.to_numpy("float32")),
            default_value=float(encoded.mean()),  # for what training never saw
        )"""
    why = (
        f"A table that {diagnosed.layer} looks values up in holds NaN or infinity for what these rows hold, or answers "
        "so for what it does not know: most often the mean target of a category that had none."
    )
    return Remedy("retrain", "Save the model again with a finite look-up table", why, dedent(code))


def _train_again(diagnosed: DiagnosedRows) -> Remedy:
    why = (
        f"Weights of {diagnosed.layer} are NaN or infinite: the training diverged. The commonest reasons are a "
        "learning rate too large for the scale of the inputs or targets, a loss that takes the logarithm of 0, and "
        "NaN in the training data. Deploy an earlier checkpoint."
    )
    return Remedy("retrain", "Deploy an earlier checkpoint, and retrain", why, RETRAIN)


CAUSE = Cause(
    "weights_nonfinite",
    label="NaN or infinity in the weights",
    sentence="The registered model itself holds a non-finite weight or constant. Its training diverged.",
    because=because,
    remedies=remedies,
    stages=(ModelChange(rank=40, fits=is_kept, make=repaired),),
)
