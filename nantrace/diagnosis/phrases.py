"""The sentence of a finding that a person reads first, and the parts that it is made of."""

from collections.abc import Sequence

from nantrace.diagnosis.case import Json
from nantrace.diagnosis.cause import Cause
from nantrace.diagnosis.diagnosed_rows import DiagnosedRows
from nantrace.diagnosis.finding import ResponsibleFeature
from nantrace.tensors.plain_text import one_line

SEEN = {
    "absorbed": "Rows are answered with finite but wrong numbers",
    "replay_failed": "The model refuses rows",
    "nonfinite_output": "Rows are answered with NaN or infinity",
}
LONGEST = 300


def title(symptom: str, cause: Cause, diagnosed: DiagnosedRows) -> str:
    """What happened, why, and where. No counts: an incident outlives the batch that it was first seen in."""
    batch = "; other rows fail only in one batch with these" if diagnosed.spreads else ""
    return one_line(f"{SEEN[symptom]} because {cause.because(diagnosed)}{batch}.")[:LONGEST]


def as_noted(diagnosed: DiagnosedRows) -> str:
    """What the finding's note says, as a clause."""
    return diagnosed.note.rstrip(".")


def named(features: Sequence[ResponsibleFeature]) -> str:
    """`age, income and 3 more features`, `one pixel of sketch`."""
    names = listed([feature.name for feature in features]) or "a feature"
    parts = [feature.part for feature in features if feature.part is not None]
    if not parts or len(parts) < len(features):
        return names
    return f"{parts[0].unit}s of {names}" if is_plural(features) else f"one {parts[0].unit} of {names}"


def is_plural(features: Sequence[ResponsibleFeature]) -> bool:
    """Whether what `named` says takes `are`."""
    return len(features) > 1 or any(one.part is not None and not one.part.single for one in features)


def listed(names: Sequence[str], noun: str = "feature") -> str:
    """Up to three names, and how many more."""
    if len(names) <= 3:
        return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
    return f"{', '.join(names[:3])} and {len(names) - 3} more {noun}{'s' if len(names) > 4 else ''}"


def subject(features: Sequence[ResponsibleFeature]) -> str:
    """`age is`, `age and income are`."""
    return f"{named(features)} {'are' if is_plural(features) else 'is'}"


def also(features: Sequence[ResponsibleFeature]) -> str:
    """Features of another cause, which the same rows have as well: `, and b and c are infinite`."""
    clauses = ""
    for reason in dict.fromkeys(one.reason for one in features):
        some = [one for one in features if one.reason == reason]
        clauses += f", and {named(some)} {reason.plural if is_plural(some) else reason.clause}"
    return clauses


def place_of(source: Json | None) -> str:
    """`Exp in attention (step 17)`, `a constant in mask`."""
    if not source:
        return "an operation"
    layer = source.get("layer")
    where = f" in {layer}" if layer else ""
    loop = f" (step {source['iteration']})" if source.get("iteration") is not None else ""
    state = source["kind"] in ("constant", "weight")
    what = f"a {source['kind']}" if state else source.get("operation") or source["kind"]
    return f"{what}{where}{loop}"
