"""Finds out why a Keras model answers NaN, or a number that a NaN made up, and proves it by replaying the rows.

    report = nantrace.diagnose("model.keras", rows, reference=X_train)
    report.print()

Importing this package imports no other; TensorFlow runs in a process of its own.
"""

from typing import TYPE_CHECKING, Any

# `nantrace.drift` and `nantrace.audit` are also packages. Python binds a package to its name once, at its first import:
# it happens here, so that the functions below keep the names for good.
import nantrace.audit
import nantrace.drift  # noqa: F401
from nantrace.packages import MissingPackageError
from nantrace.tensors.refusals import Refusal

if TYPE_CHECKING:
    from nantrace.library.documents import Document
    from nantrace.report.audit_report import AuditReport
    from nantrace.report.comparison_report import ComparisonReport
    from nantrace.report.diagnosis_report import DiagnosisReport

__version__ = "0.1.0"
__all__ = ["MissingPackageError", "Refusal", "audit", "diagnose", "drift"]


def diagnose(
    model: Any,
    rows: Any,
    *,
    reference: Any = None,
    outputs: Any = None,
    metadata: "Document" = None,
    environment: "Document" = None,
    trust_model: bool = False,
) -> "DiagnosisReport":
    """Replays rows through a Keras model, and says why any of them is answered with NaN or because of one.

    `model`: a path (`.keras`, `.h5`, a SavedModel directory, `.zip` or `.tar.gz`) or a Keras model. `rows`: what the
    model was asked, an array of shape (rows, ...), arrays by input name, a frame, nested lists, or a path (`.npz`,
    `.npy`, `.csv`, `.parquet`). `reference`: training inputs exactly as the model received them. `outputs`: what
    serving answered, one answer a row. `metadata`: names of the features and the scaler, as a mapping or a path to
    JSON. `environment`: what is known of the serving machine. Rows, reference and outputs are given alike.

    A model file runs locked in: it reads and writes no files and reaches no network. A Keras model is the caller's own
    code and runs unlocked, as a file does with `trust_model`.

    Raises Refusal where something given cannot be used (`field` names it), MissingPackageError where a package is
    missing, and `nantrace.replay.replayer.ReplayError` where the model cannot be replayed.
    """
    from nantrace.library.diagnosing import DiagnosisCall
    from nantrace.library.diagnosing import diagnose as answer
    from nantrace.library.model_file import replayer_of

    with replayer_of(model, trust_model) as replayer:
        return answer(DiagnosisCall(model, rows, reference, outputs, metadata, environment), replayer)


def drift(
    reference: Any, current: Any, *, metadata: "Document" = None, iid: bool = False, time: str | None = None
) -> "ComparisonReport":
    """Compares rows with training inputs: which features moved, and what was done to them.

    `reference`, `current` and `metadata` are given as for `diagnose`; columns with names are matched by their names.
    Nothing is replayed.

    Rows that resemble their neighbours, as those of one hour do, show less than as many independent ones. How much less
    is estimated from the order of the rows, and the report says so. `iid=True`: the rows are independent. `time`: the
    column that both are sorted by (numbers, or times in ISO 8601); it is no feature.

    Raises Refusal and MissingPackageError.
    """
    from nantrace.drift.row_order import RowOrder
    from nantrace.library.comparing import compare_rows

    return compare_rows(reference, current, metadata, RowOrder(iid, time))


def audit(
    model: Any, *, reference: Any = None, metadata: "Document" = None, trust_model: bool = False
) -> "AuditReport":
    """Examines a model before it serves: broken weights and statistics, operations that training inputs take too far.

    The arguments and errors are those of `diagnose`.
    """
    from nantrace.library.auditing import AuditCall, audit_model
    from nantrace.library.model_file import replayer_of

    with replayer_of(model, trust_model) as replayer:
        return audit_model(AuditCall(model, reference, metadata), replayer)
