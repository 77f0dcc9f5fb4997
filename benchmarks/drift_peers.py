"""One drift tool on the rows of `drift_window`: `python drift_peers.py TOOL ROWS.npz N WINDOW` in its own environment.

Prints {"rows_a_second": ...} for what the tool does with windows of WINDOW rows, by default if it is not said
otherwise, in seconds of processor time; fitting to the reference and importing are not counted.
"""

import json
import logging
import sys
import time
import warnings
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd


def nannyml(
    reference: pd.DataFrame, current: pd.DataFrame, window: int, methods: Sequence[str] = ("jensen_shannon",)
) -> Callable[[], object]:
    """By default NannyML takes one statistic."""
    from nannyml import UnivariateDriftCalculator  # type: ignore[import-not-found]

    calculator = UnivariateDriftCalculator(
        column_names=list(reference.columns), chunk_size=window, continuous_methods=list(methods)
    )
    calculator.fit(reference)
    return lambda: calculator.calculate(current)


def nannyml_alike(reference: pd.DataFrame, current: pd.DataFrame, window: int) -> Callable[[], object]:
    """With every statistic that we take of the same rows and it has."""
    return nannyml(reference, current, window, ("jensen_shannon", "kolmogorov_smirnov", "wasserstein"))


def whylogs(_: pd.DataFrame, current: pd.DataFrame, window: int) -> Callable[[], object]:
    import whylogs  # type: ignore[import-not-found]

    return lambda: [whylogs.log(pandas=current[i : i + window]).view() for i in range(0, len(current), window)]


def evidently(reference: pd.DataFrame, current: pd.DataFrame, window: int) -> Callable[[], object]:
    from evidently import Report  # type: ignore[import-not-found]
    from evidently.presets import DataDriftPreset  # type: ignore[import-not-found]

    def run() -> list[object]:
        starts = range(0, len(current), window)
        return [Report([DataDriftPreset()]).run(current[i : i + window], reference).dict() for i in starts]

    return run


TOOLS = {"nannyml": nannyml, "nannyml, alike": nannyml_alike, "whylogs": whylogs, "evidently": evidently}


def main() -> None:
    tool, path, rows, window = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    warnings.simplefilter("ignore")
    logging.disable()
    arrays = np.load(path)
    reference, current = (pd.DataFrame(arrays[name]).rename(columns=str) for name in ("reference", "current"))
    work = TOOLS[tool](reference, current[:rows], window)
    seconds = []
    for _ in range(2):
        started = time.process_time()
        work()
        seconds.append(time.process_time() - started)
    print(json.dumps({"rows_a_second": len(current[:rows]) / min(seconds)}))


if __name__ == "__main__":
    main()
