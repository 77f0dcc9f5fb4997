"""Why Keras could not load a model, in words of somebody who cannot change how it is loaded here."""

import re

from nantrace.replay.running import first_line

_UNKNOWN = re.compile(r"(?:Could not locate|Unknown) (class|function|layer|object):? ['\"]?([\w>.]+)")
_EXPORT = "write a SavedModel with model.export(folder), which needs no code"


def why_unloadable(error: Exception) -> str:
    """Code of the model's author is never run; where that is the reason, Keras advises to trust it or to import it."""
    text = str(error)
    unknown = _UNKNOWN.search(text)
    if unknown is not None:
        return f"the file needs the {unknown[1]} {unknown[2]}, which Keras does not have: {_EXPORT}"
    if "safe_mode=False" in text:
        layer = "a Lambda layer" if "Lambda" in text else "code of its author"
        return f"the file holds {layer}, and such code is not run here: {_EXPORT}"
    return first_line(error)


def why_untraceable(error: Exception, batch: int | None) -> str:
    """`batch`: how many rows the model was saved for, None where it takes any number."""
    if batch is None:
        return first_line(error)
    return f"the model takes batches of {batch} row{'s'[: batch != 1]} only: save it with the batch size left open"
