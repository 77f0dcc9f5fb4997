"""Served non-finite and replayed finite, with other software: another version, or compiled with XLA."""

from nantrace.diagnosis.case import Case
from nantrace.diagnosis.cause import Cause, Environment, ServedVariant
from nantrace.diagnosis.diagnosed_rows import DiagnosedRows
from nantrace.diagnosis.finding import Evidence, Finding, Remedy
from nantrace.diagnosis.phrases import as_noted, title
from nantrace.diagnosis.shared_advice import serve_as_tested
from nantrace.diagnosis.trials import Rows

IDENTIFIER = "software_mismatch"
SOFTWARE = ("tensorflow", "keras")
LIKELY, SURE = 0.6, 0.98
WITHOUT_XLA = "The same rows are finite in the model as saved: XLA fuses operations and orders sums in its own way."
CODE = """\
model.jit_compile = False  # of a Keras model, before its first call
serve = tf.function(model, jit_compile=False)  # where you compile it yourself"""


def difference(case: Case) -> str | None:
    """Versions that serving recorded and that are not the replay's."""
    environment, replayed = case.environment, case.model.software
    differing = [
        f"{name} {environment[name]} (replayed with {replayed[name]})"
        for name in SOFTWARE
        if environment.get(name) and str(environment[name]) != replayed.get(name)
    ]
    if environment.get("xla") is True:
        differing.append("compiled with XLA (which the artifact does not ask for)")
    return "served by " + " and ".join(differing) if differing else None


def always(_case: Case) -> bool:
    """Serving may compile with XLA and not record it."""
    return True


def compiled(case: Case, index: Rows, evidence: list[Evidence]) -> Finding:
    """Finite as saved, and not finite where XLA compiles the model: it fuses and orders the sums in its own way."""
    note = "of how it was compiled: the rows are finite in the model as saved, and not finite compiled with XLA"
    return Finding(
        symptom="nonfinite_output",
        cause=IDENTIFIER,
        confidence=SURE if case.environment.get("xla") is True else LIKELY,
        title=title("nonfinite_output", CAUSE, DiagnosedRows(case, None, [], None, proven=False, note=note)),
        row_indices=index.tolist(),
        reproduced_in=["xla"],
        failing_rows={"xla": index.tolist()},
        evidence=evidence,
        remedies=[Remedy("align_environment", "Serve the model without XLA", WITHOUT_XLA, CODE)],
        likely=True,
    )


def remedies(_diagnosed: DiagnosedRows) -> list[Remedy]:
    why = "The same rows are finite with the TensorFlow and Keras of the replay."
    return [serve_as_tested(why)]


CAUSE = Cause(
    IDENTIFIER,
    label="Other software in serving",
    sentence="Serving answered NaN, the replay does not, and the recorded software versions differ.",
    because=as_noted,
    remedies=remedies,
    stages=(
        ServedVariant(rank=20, variant="xla", applies=always, finding=compiled),
        Environment(rank=10, confidence=LIKELY, difference=difference),
    ),
)
