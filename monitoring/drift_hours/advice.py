"""What to do where drift names no fault: nothing was undone, so there is no code to paste."""

from collections.abc import Mapping, Sequence
from typing import Any

from nantrace.diagnosis.finding import Remedy
from nantrace.drift.alarms.integrity import WHOLLY

Json = dict[str, Any]

BY_CAUSE: Mapping[str, Remedy] = {
    "input_missing": Remedy(
        "impute",
        "Find out why the values are missing, and fill them as training did until then",
        "The source, the join or the sensor behind these features leaves out values that it used to send.",
        "",
    ),
    "input_infinite": Remedy(
        "replace_infinite",
        "Find the division or the logarithm before the model that makes infinities",
        "No value of the reference is infinite: these are made on the way to the model.",
        "",
    ),
    "shape_or_type": Remedy(
        "match_signature",
        "Send rows of the width and the type that the model was trained on",
        "Rows of another width or type are not counted, and the model may refuse them.",
        "",
    ),
}
OUTPUTS = Remedy(
    "compare_serving",
    "Compare what serves the model with what was registered",
    "The inputs are as in the reference and the answers are not. The served artifact, its environment, or what is done "
    "to its answers before they are posted has changed.",
    "",
)
OUTSIDE = Remedy(
    "rescale",
    "Compare the units and the scaling of these features with those of training",
    "Nearly all values lie outside what training knew. The change is no known unit, and a model cannot be trusted so "
    "far from its training data: find out what fills these features now.",
    "",
)
UNEXPLAINED = Remedy(
    "retrain",
    "Find what changed before the model; if the world did, accept it as the new normal or retrain",
    "No known mistake explains the change. Compare what fills these features today with what filled them in training. "
    "If the world has changed and not the pipeline, the model has to see it in training.",
    "",
)


def advice(cause: str | None, alarms: Sequence[Json]) -> Remedy:
    """The one remedy of alarms without a named fault."""
    if cause is not None and cause in BY_CAUSE:
        return BY_CAUSE[cause]
    if all(alarm["side"] == "outputs" for alarm in alarms):
        return OUTPUTS
    outside = any(alarm["kind"] == "out_of_range" and alarm["rate"] >= WHOLLY for alarm in alarms)
    return OUTSIDE if outside else UNEXPLAINED
