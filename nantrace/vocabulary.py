"""What the contract's identifiers mean: a short name and a sentence for a person. Each cause brings its own words."""

from nantrace.diagnosis import causes
from nantrace.diagnosis.finding import Grade, Proof

SYMPTOMS = {
    "nonfinite_output": ("NaN in the answer", "An output holds NaN or infinity."),
    "absorbed": (
        "Hidden NaN",
        "A non-finite value went in or arose inside, and a finite, wrong answer came out.",
    ),
    "replay_failed": ("Model refuses the rows", "The model raises an error on these rows."),
    "drift": ("Drift", "The values left the range and shape of the reference."),
    "near_overflow": (
        "Close to overflow",
        "A layer comes within a factor of ten of the largest number it holds.",
    ),
}

CAUSES = {cause.identifier: (cause.label, cause.sentence) for cause in causes.CAUSES}
NO_CAUSE = "none"
"""Stands for a cause that is not claimed where there must be a word: in labels of metrics and in addresses."""
UNNAMED_CAUSE = ("No named cause", "The replay saw it and no single fault explains it so far.")
CAUSELESS = {
    "near_overflow": (
        "Nothing has failed yet",
        "These rows still pass, and take the model further than its training data did.",
    ),
    "drift": ("No cause claimed", "Nothing has failed, and no cause is claimed for the change."),
}

EVIDENCE = {
    "impute": "Fill missing cells with reference values",
    "replace_infinite": "Replace infinities with reference values",
    "rescale": "Undo the change of scale",
    "clip": "Clip into the reference range",
    "valid_position": "Give each row one valid position",
    "replace_cells": "Replace the responsible cells",
    "neighbours": "Cure the other rows of the batch",
    "float32": "Compute in float32",
    "float64": "Compute in float64",
    "float16": "Compute in float16",
    "xla": "Compile with XLA",
    "eager": "Run op by op",
    "default": "Run as served",
    "unfused": "Run without fused kernels",
    "replay": "Run without a change",
    "repair_weights": "Replace non-finite weights",
    "repair_statistics": "Repair the stored statistics",
    "rescale_weights": "Scale the weights down",
    "guard_operation": "Keep the operation inside its domain",
    "stable_activation": "Use the stable form of the activation",
    "retrain": "Retrain",
    "align_environment": "Use the recorded environment",
    "match_signature": "Send what the model takes",
}

CURED_BY = {
    "impute": "with missing cells filled",
    "replace_infinite": "with infinities replaced",
    "rescale": "with the scale put right",
    "clip": "clipped into the reference range",
    "valid_position": "with one valid position",
    "replace_cells": "with the responsible cells replaced",
    "float32": "in float32",
    "float64": "in float64",
    "repair_weights": "with finite weights",
    "repair_statistics": "with the statistics repaired",
    "rescale_weights": "with the weights scaled down",
    "guard_operation": "with the operation inside its domain",
    "stable_activation": "with the stable activation",
}
"""How rows are answered with the change of an experiment."""

VARIANTS = {
    "default": "as served",
    "unfused": "without fused kernels",
    "eager": "op by op",
    "float32": "in float32",
    "float64": "in float64",
    "float16": "in float16",
    "xla": "compiled with XLA",
}

DRIFT_ALARMS = {
    "missing": ("missing", "Values are missing more often than in the reference."),
    "nan": ("NaN", "Values are NaN more often than in the reference."),
    "infinite": ("infinite", "Values are infinite, or overflowed their number type, more often than in the reference."),
    "out_of_range": ("out of range", "More values lie outside the reference's range than chance explains."),
    "unseen_category": ("unknown value", "Values that the reference does not know come too often."),
    "type": ("width or type", "Rows came in another width or type than the reference."),
    "jump": ("distribution", "One hour lies so far from the reference that no history is needed to say so."),
    "shape": ("distribution over time", "Hours deviate from the reference more than past hours did."),
    "fault": ("named fault", "A named fault is so certain that it needs no further evidence."),
}

FAULTS = {
    "unscaled": "Not scaled",
    "scaled_twice": "Scaled twice",
    "unit_change": "In another unit",
    "sentinel": "A number that means missing",
    "default_fill": "Gaps filled with one value",
    "swapped": "Columns exchanged",
    "sign_flip": "Opposite sign",
    "clipped": "Clipped",
    "constant": "Stuck at one value",
    "unseen_category": "Unknown values",
    "rounded": "Rounded",
    "shift": "Moved",
}

PLACE_KINDS = {
    "input": "An input",
    "weight": "A weight",
    "constant": "A constant",
    "operation": "An operation",
}


def cause_in_words(cause: str, symptom: str) -> tuple[str, str]:
    """The name of a cause and a sentence about it; where there is no cause, those of the symptom."""
    return CAUSES[cause] if cause in CAUSES else CAUSELESS.get(symptom, UNNAMED_CAUSE)


LOOK_FIRST = "Look at the failing rows before acting on it."
PROOFS = {
    Grade.PROVEN: "An experiment on the failing rows cured every one of them.",
    Grade.LIKELY: f"The evidence points there, and no experiment cured every failing row. {LOOK_FIRST}",
    Grade.OBSERVED: f"It was seen, and no experiment shows why. {LOOK_FIRST}",
}


def proof_in_words(proof: Proof) -> tuple[str, str]:
    """How well the cause is known, in a few words and in a sentence."""
    counted = f" on {proof.cured:,} of {proof.rows:,} rows" if proof.cured else ""
    return f"{proof.grade.capitalize()}{counted}", PROOFS[Grade(proof.grade)]
