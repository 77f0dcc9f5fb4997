"""What to do about a finding: the advice of its cause, for each change that it took and each input that it concerns."""

from dataclasses import replace

from nantrace.diagnosis.cause import Cause, RowEdits
from nantrace.diagnosis.causes import cause_of
from nantrace.diagnosis.diagnosed_rows import DiagnosedRows
from nantrace.diagnosis.edit import Edit
from nantrace.diagnosis.finding import Remedy


def remedies(cause: Cause, diagnosed: DiagnosedRows) -> list[Remedy]:
    """The remedies of a cause, the one that was tried first; where it took several changes, those of all of them."""
    edit = diagnosed.trial.edit if diagnosed.trial is not None else None
    if edit is None or not edit.parts:
        return _by_input(cause, diagnosed)
    return [one for part in edit.parts for one in _by_input(cause_of(part.cause), _only(diagnosed, part))]


def _only(diagnosed: DiagnosedRows, part: Edit) -> DiagnosedRows:
    """The advice for one of several changes: about the features that it changes."""
    changed = part.features(diagnosed.case)
    features = [one for one in diagnosed.own(part.cause) if (one.input, one.index) in changed]
    trial = None if diagnosed.trial is None else replace(diagnosed.trial, edit=part)
    return replace(diagnosed, features=features, trial=trial)


def _by_input(cause: Cause, diagnosed: DiagnosedRows) -> list[Remedy]:
    """The advice for each input with responsible features, in code of that input where the model has several."""
    names = list(dict.fromkeys(one.input for one in diagnosed.features))
    if cause.stage(RowEdits) is None or not names or len(diagnosed.case.inputs) < 2:
        return cause.remedies(diagnosed)
    found = []
    for name in names:
        of_one = replace(diagnosed, features=[one for one in diagnosed.features if one.input == name])
        found += [_of_input(remedy, name) for remedy in cause.remedies(of_one)]
    return found


def _of_input(remedy: Remedy, name: str) -> Remedy:
    if not remedy.array:
        return remedy
    taken, given_back = f"{remedy.array} = inputs[{name!r}]", f"inputs[{name!r}] = {remedy.array}"
    known = f"training_rows = training_inputs[{name!r}]\n" if "training_rows" in remedy.code else ""
    return replace(remedy, code=f"{known}{taken}\n{remedy.code}\n{given_back}")
