"""Code that undoes a fault, over `rows`, the array of one input with its features on the last axis."""

from collections.abc import Sequence

from nantrace.drift.faults.categories import Unseen
from nantrace.drift.faults.fault import FaultRemedy
from nantrace.drift.faults.repeated_values import RepeatedValue
from nantrace.mistakes.candidates import Hypothesis

SCALERS = {"unscaled": "transform", "scaled_twice": "inverse_transform"}
ROUNDED = FaultRemedy(
    "Send the numbers as they were measured",
    "# look for round(), astype(int), an integer column or a float format with few decimals before the model\n"
    'frame.to_csv(path, float_format=None)  # no "%.1f"',
)


def of_repeated_value(repeated: RepeatedValue, place: int) -> FaultRemedy:
    cells = f"rows[..., {place}]"
    missing = f"{cells} = np.where({cells} == {repeated.value!r}, np.nan, {cells})"
    impute = "rows = imputer.transform(rows)  # the imputer that was fitted on the training rows"
    return {
        "constant": FaultRemedy(
            "Look for what feeds this feature",
            f"# a join that finds nothing, a default, a sensor that stands still: all is {repeated.value!r}\n"
            f"assert {cells}.min() < {cells}.max()  # before the model",
        ),
        "sentinel": FaultRemedy(
            "Read the number as missing, before any scaling", f"import numpy as np\n\n{missing}\n{impute}"
        ),
        "default_fill": FaultRemedy(
            "Leave gaps as gaps, and fill them as training did",
            f"# look for fillna({repeated.value!r}), COALESCE or a default in the schema\nimport numpy as np\n\n"
            f"{missing}  # true {repeated.value!r}s are lost with it: better stop the filling\n{impute}",
        ),
        "clipped": FaultRemedy(
            "Stop clipping before the model",
            f"# look for clip(), np.minimum, winsorize, or an integer type that ends at {repeated.value!r}\n"
            "# what was clipped cannot be computed back",
        ),
    }[repeated.kind]


def of_exchange(owners: Sequence[int], holders: Sequence[int]) -> FaultRemedy:
    """Each owner's values stand in the column of the holder at the same place."""
    code = f"rows[..., {list(owners)}] = rows[..., {list(holders)}]"
    by_name = "# or select the columns by name, in training's order:\nrows = frame[feature_names].to_numpy()"
    return FaultRemedy("Put the columns in training's order", f"{code}\n{by_name}")


def of_line(best: Hypothesis, places: Sequence[int], *, registered: bool) -> FaultRemedy:
    title = {
        "unscaled": "Scale the rows once, as in training",
        "scaled_twice": "Drop one of the two scalings",
        "unit_change": "Convert to the unit of the training data",
        "sign_flip": "Turn the sign back",
        "shift": "Ask what changed where the data come from; until then, do not trust the answers",
    }[best.kind]
    if best.kind in SCALERS and (registered or len(places) > 1):
        scaler = "the registered scaler" if registered else "the scaler that was fitted on the training rows"
        some = f"[..., {list(places)}]"
        return FaultRemedy(title, f"rows{some} = scaler.{SCALERS[best.kind]}(rows){some}  # {scaler}")
    code = "\n".join(_on(place, best.code) for place in places[:20])
    before = "# before the scaler:\n" if best.raw else ""
    after = (
        "# this only takes it back to where the reference is: it is no explanation\n" if best.kind == "shift" else ""
    )
    return FaultRemedy(title, f"{before}{after}{code}")


def of_unseen(unseen: Unseen, place: int) -> FaultRemedy:
    listed = list(unseen.values)
    code = f"import numpy as np\n\nunknown = np.isin(rows[..., {place}], {listed})\nrows[..., {place}][unknown] = other"
    return FaultRemedy(
        "Map new categories, or train with them", f"{code}  # the category that training used for others"
    )


def _on(place: int, code: str) -> str:
    return code.replace("values", f"rows[..., {place}]")
