"""How Python reaches a layer of a Keras model."""

from collections.abc import Mapping


def layer_code(path: str, classes: Mapping[str, str]) -> str:
    """An expression for the layer at `path`, through nested models and TimeDistributed; `classes` by path."""
    code, above = "model", ""
    for name in path.split("/"):
        code += ".layer" if classes.get(above) == "TimeDistributed" else f".get_layer({name!r})"
        above = f"{above}/{name}".lstrip("/")
    return code
