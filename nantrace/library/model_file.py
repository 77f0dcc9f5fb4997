"""The model of a call, made ready for a replayer: a path, or a Keras model in memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nantrace.artifact import format_of, unpack
from nantrace.packages import need
from nantrace.replay.replayer import Replayer
from nantrace.tensors.refusals import UnusableFile


@contextmanager
def replayer_of(model: Any, trust_model: bool) -> Iterator[Replayer]:
    """A replayer that ends with the call. A model in memory is the caller's own code, so it needs no lock."""
    need("tensorflow", "replaying a model")
    replayer = Replayer(sandbox=isinstance(model, str | Path) and not trust_model)
    try:
        yield replayer
    finally:
        replayer.close()


def ready_model(model: Any, folder: Path) -> Path:
    """The model file or SavedModel directory to load: `model` itself, or what was written into an empty folder.

    Raises Refusal naming `model` where it is no model.
    """
    return opened_model(Path(model), folder) if isinstance(model, str | Path) else _saved(model, folder)


def opened_model(path: Path, folder: Path) -> Path:
    """The same for a path."""
    if path.is_dir():
        if not (path / "saved_model.pb").is_file():
            raise UnusableFile("model", f"{path} is a directory without saved_model.pb, so it is no SavedModel")
        return path.resolve()
    try:
        with path.open("rb") as file:
            return unpack(file, format_of(file), folder)
    except UnusableFile as error:
        raise UnusableFile("model", f"{path} {error.message}") from None
    except OSError as error:
        raise UnusableFile("model", f"{path} cannot be read: {error.strerror or error}") from None


def _saved(model: Any, folder: Path) -> Path:
    if not callable(getattr(model, "save", None)) or not hasattr(model, "layers"):
        raise UnusableFile("model", f"is no model but {type(model).__name__}; give a path or a Keras model")
    path = folder / "model.keras"
    try:
        model.save(path)
    except (ValueError, TypeError, NotImplementedError, OSError) as error:
        raise UnusableFile("model", f"cannot be saved as .keras: {str(error)[:300]}") from None
    return path
