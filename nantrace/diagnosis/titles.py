"""One sentence that a person understands at night."""

from collections.abc import Sequence

from nantrace.diagnosis.case import Json
from nantrace.diagnosis.features import REASONS
from nantrace.diagnosis.finding import GuiltyFeature
from nantrace.diagnosis.operations import family, is_statistic, is_too_large


def title(
    symptom: str,
    cause: str,
    source: Json | None,
    features: Sequence[GuiltyFeature],
    note: str,
    *,
    large_weights: bool = True,
) -> str:
    """What happened, why, and where. No counts: an incident outlives the batch that it was first seen in.

    `large_weights`: of an overflow, whether weights are to blame at all.
    """
    return f"{SEEN[symptom]} because {_because(cause, source, features, note, large_weights)}."[:300]


SEEN = {
    "absorbed": "Rows are answered with finite but wrong numbers",
    "replay_failed": "The model refuses rows",
    "nonfinite_output": "Rows are answered with NaN or infinity",
}


def _because(cause: str, source: Json | None, features: Sequence[GuiltyFeature], note: str, large_weights: bool) -> str:
    guilty = [one for one in features if one.reason == REASONS.get(cause)]
    others = [one for one in features if one not in guilty]
    named, also = _named(guilty), _also(others)
    inputs = list(dict.fromkeys(one.input for one in guilty))
    place = _place(source)
    told = {
        "input_missing": f"{_gone(guilty)}{also}",
        "input_infinite": f"{named} {_is(guilty)} infinite{also}",
        "input_unscaled": f"{_scaled(guilty)} on another scale than the training data ({note})",
        "input_out_of_distribution": f"{named} {_is(guilty)} outside the range of the training data{also}",
        "mask_empty": f"{_listed(inputs)} {'hold' if len(inputs) > 1 else 'holds'} no valid position{also}"
        if inputs
        else "they hold a sequence without any valid position",
        "weights_nonfinite": _nonfinite(source or {}),
        "normalization_state": _divided_by(source or {}),
        "weights_extreme": f"the weights are so large that {place} overflows"
        if large_weights
        else f"{place} overflows for rows like those of training",
        "activation_overflow": f"{place} overflows",
        "undefined_operation": f"{place} is undefined for what reaches it",
        "precision_overflow": _narrow(source),
    }
    return told.get(cause, note.rstrip("."))


def _gone(features: Sequence[GuiltyFeature]) -> str:
    """Missing, or the numbers that stand for it."""
    values = list(dict.fromkeys(value for one in features for value in one.values))
    if not values or not all(isinstance(value, int | float) for value in values):
        return f"{_named(features)} {_is(features)} missing"
    told = " or ".join(f"{value:g}" for value in values[:3])
    return f"{_named(features)} {'hold' if len(features) > 1 else 'holds'} {told}, which stands for missing"


def _scaled(features: Sequence[GuiltyFeature]) -> str:
    return f"{_named(features)} {_is(features)}" if 0 < len(features) <= 3 else "the rows are"


def _divided_by(source: Json) -> str:
    """What a normalisation layer takes the root of, or divides by."""
    operand = (source.get("operands") or [None])[-1]
    if operand == 0:
        return f"{source.get('layer')} divides by a deviation of 0, to which it adds no epsilon"
    if isinstance(operand, float) and operand < 0:
        return f"a variance in {source.get('layer')} is negative"
    return f"the statistics of {source.get('layer')} are impossible"


def _nonfinite(source: Json) -> str:
    owner = f"the model ({source['name']})" if source.get("kind") == "weight" else "the model"
    where = source.get("layer") or owner
    if is_statistic(source):
        return f"statistics that {where} keeps are NaN or infinite"
    what = "constants" if source.get("kind") == "constant" else "weights"
    return f"{what} of {where} are NaN or infinite"


def _also(features: Sequence[GuiltyFeature]) -> str:
    """Features with another fault, which the same rows have as well: `, and b and c are infinite`."""
    told = ""
    for reason in dict.fromkeys(one.reason for one in features):
        some = [one for one in features if one.reason == reason]
        told += f", and {_named(some)} {reason if len(some) == 1 else _PLURAL.get(reason, reason)}"
    return told


_PLURAL = {reason: reason.replace("is ", "are ", 1).replace("has ", "have ", 1) for reason in REASONS.values()}


def _named(features: Sequence[GuiltyFeature]) -> str:
    return _listed([feature.name for feature in features]) or "a feature"


def _listed(names: Sequence[str]) -> str:
    if len(names) <= 3:
        return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
    return f"{', '.join(names[:3])} and {len(names) - 3} more feature{'s' if len(names) > 4 else ''}"


def _is(features: Sequence[GuiltyFeature]) -> str:
    return "are" if len(features) > 1 else "is"


def _narrow(source: Json | None) -> str:
    if not source:
        return "what the model computes does not fit 16 bits"
    dtype = source.get("dtype") or "16 bits"
    if source["kind"] == "constant":
        return f"{_place(source)} does not fit {dtype}"
    if family(source) == "domain" and not is_too_large(source):
        return f"{_place(source)} is undefined for what {dtype} rounded"
    return f"what {_place(source)} computes does not fit {dtype}"


def _place(source: Json | None) -> str:
    if not source:
        return "an operation"
    layer = source.get("layer")
    where = f" in {layer}" if layer else ""
    loop = f" (step {source['iteration']})" if source.get("iteration") is not None else ""
    state = source["kind"] in ("constant", "weight")
    what = f"a {source['kind']}" if state else source.get("operation") or source["kind"]
    return f"{what}{where}{loop}"
