"""One sentence that a person understands at night."""

from collections.abc import Sequence

from monitoring.diagnosis.case import Json
from monitoring.diagnosis.features import REASONS
from monitoring.diagnosis.finding import GuiltyFeature


def title(symptom: str, cause: str, source: Json | None, features: Sequence[GuiltyFeature], note: str) -> str:
    """What happened, why, and where. No counts: an incident outlives the batch that it was first seen in."""
    return f"{SEEN[symptom]} because {_because(cause, source, features, note)}."[:300]


SEEN = {
    "absorbed": "Rows are answered with finite but wrong numbers",
    "replay_failed": "The model refuses rows",
    "nonfinite_output": "Rows are answered with NaN or infinity",
}


def _because(cause: str, source: Json | None, features: Sequence[GuiltyFeature], note: str) -> str:
    guilty = [one for one in features if one.reason == REASONS.get(cause)]
    others = [one for one in features if one not in guilty]
    named, also = _named(guilty), _also(others)
    place = _place(source)
    told = {
        "input_missing": f"{named} {_is(guilty)} missing{also}",
        "input_infinite": f"{named} {_is(guilty)} infinite{also}",
        "input_unscaled": f"the rows are on another scale than the training data ({note.partition(': ')[2] or note})",
        "input_out_of_distribution": f"{named} {_is(guilty)} far outside the training data{also}",
        "mask_empty": f"{named} {'hold' if len(guilty) > 1 else 'holds'} no valid position{also}"
        if guilty
        else "they hold a sequence without any valid position",
        "weights_nonfinite": f"weights of {(source or {}).get('layer') or 'the model'} are NaN or infinite",
        "normalization_state": f"the statistics or the epsilon of {(source or {}).get('layer')} are impossible",
        "weights_extreme": f"the weights are so large that {place} overflows",
        "activation_overflow": f"{place} overflows",
        "undefined_operation": f"{place} is undefined for what reaches it",
        "precision_overflow": f"{place} leaves the range of float16 or bfloat16",
    }
    return told.get(cause, note)


def _also(features: Sequence[GuiltyFeature]) -> str:
    """Features with another fault, which the same rows have as well: `, and b and c are infinite`."""
    told = ""
    for reason in dict.fromkeys(one.reason for one in features):
        some = [one for one in features if one.reason == reason]
        told += f", and {_named(some)} {reason if len(some) == 1 else _PLURAL.get(reason, reason)}"
    return told


_PLURAL = {reason: reason.replace("is ", "are ", 1).replace("has ", "have ", 1) for reason in REASONS.values()}


def _named(features: Sequence[GuiltyFeature]) -> str:
    names = [feature.name for feature in features]
    if not names:
        return "a feature"
    if len(names) <= 3:
        return " and ".join(([", ".join(names[:-1])] if names[:-1] else []) + names[-1:])
    return f"{', '.join(names[:3])} and {len(names) - 3} more feature{'s' if len(names) > 4 else ''}"


def _is(features: Sequence[GuiltyFeature]) -> str:
    return "are" if len(features) > 1 else "is"


def _place(source: Json | None) -> str:
    if not source:
        return "an operation"
    layer = source.get("layer")
    where = f" in {layer}" if layer else ""
    loop = f" (step {source['iteration']})" if source.get("iteration") is not None else ""
    return f"{source.get('operation') or source['kind']}{where}{loop}"
