"""What an audit knows, made by hand: a sound model of one layer, with whatever a test changes."""

from typing import Any

from nantrace.audit.artifact_facts import ArtifactFacts
from nantrace.reference import FeatureReference, InputReference, Reference

Json = dict[str, Any]


def facts(model: Json | None = None, artifact: Json | None = None, **others: Any) -> ArtifactFacts:
    told = {"weights": [], "inputs": [], "outputs": [], "software": {"tensorflow": "2.21.0", "keras": "3.15.1"}}
    return ArtifactFacts(model={**told, **(model or {})}, artifact=artifact or {}, **others)


def layer(name: str, kind: str, **settings: Any) -> Json:
    unset = dict.fromkeys(("epsilon", "activation", "axis", "units"))
    return {"layer": name, "class": kind, **unset, "initializers": {}, **settings}


def statistic(kind: str, name: str, size: int = 4, **counts: Any) -> Json:
    none = dict.fromkeys(("nonfinite", "negative", "zero", "one"), 0)
    return {"layer": "norm", "class": kind, "name": name, "size": size, **none, "min": 0.5, **counts}


def operation(kind: str, *operands: tuple[float | None, float | None], **others: Any) -> Json:
    """An operation with the bounds of its inputs."""
    bounds = [{"low": low, "high": high} for low, high in operands]
    place = {"layer": "head", "name": f"model/head/{kind}", "operation": kind, "dtype": "float32"}
    return {**place, "constant": False, "operands": bounds, **others}


def reference(*features: tuple[float, float], missing_rate: float = 0.0, rows: int = 100) -> Reference:
    """A reference of one input, from (min, max) of each feature."""
    known = [
        FeatureReference(low, high, (low + high) / 2, (high - low) / 4, (low + high) / 2, missing_rate)
        for low, high in features
    ]
    return Reference(rows, {"inputs": InputReference([len(known)], "f", known)})
