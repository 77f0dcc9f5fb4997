"""One replayer for the whole package, and the models that it replays."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nantrace.laboratory.laboratory import ReplayLaboratory
from nantrace.replay.replayer import Replayer
from tests.replay.models import build_models

Laboratory = Callable[[str], ReplayLaboratory]
SECRET = "postgres://nanwatch:correct-horse-battery@db/nanwatch"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.tensorflow)


def sandboxed() -> bool:
    """Whether models can be locked in on this machine; where CI runs they must."""
    try:
        import landlock
        import pyseccomp  # noqa: F401
    except (ImportError, OSError, RuntimeError):
        available = False
    else:
        available = landlock.landlock_abi_version() >= 1
    return available or bool(os.environ.get("CI"))


needs_sandbox = pytest.mark.skipif(not sandboxed(), reason="this kernel cannot lock models in (no Landlock)")


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every model of `build_models.py`."""
    return build_models(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="package")
def replayer() -> Iterator[Replayer]:
    """Started with a secret in its environment, as a worker is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", SECRET)
        patch.setenv("NANWATCH_SECRET_KEY", SECRET)
        started = Replayer(sandbox=sandboxed())
        started.warm_up()
    yield started
    started.close()


@pytest.fixture
def laboratory(replayer: Replayer, models: Path) -> Laboratory:
    """The laboratory of a model by its file name."""
    return lambda name: ReplayLaboratory(replayer, models / name)
