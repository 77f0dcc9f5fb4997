"""The environment variables of the processes that run models."""

import os
import sys
from collections.abc import Iterable
from pathlib import Path

from nantrace.replay.sandbox import package_folders


def bare_environment(*, locked: bool) -> dict[str, str]:
    """What TensorFlow needs and nothing else: no credential of the worker reaches a model.

    TensorFlow uses oneDNN by itself on CPUs with AVX-512 VNNI and their kin only, and just oneDNN's fused kernels turn
    NaN into 0. The worker's CPU must not decide what it sees: it replays as those would serve that hide something.
    """
    return {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "HOME": "/nonexistent",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "-1",
        "TF_ENABLE_ONEDNN_OPTS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "KERAS_BACKEND": "tensorflow",
        # compiling TensorFlow's modules takes seconds, which a freshly installed package pays once or at every start
        **({"PYTHONDONTWRITEBYTECODE": "1"} if sys.dont_write_bytecode else {}),
        "PYTHONPATH": os.pathsep.join(_folders_out_of_sight(package_folders() if locked else sys.path)),
    }


def _folders_out_of_sight(folders: Iterable[str]) -> list[str]:
    """Those that this process finds and a bare one does not: of `pip install --user`, of PYTHONPATH."""
    own = (sys.prefix, sys.base_prefix)
    real = (Path(one) for one in folders if one)
    return [str(one) for one in real if one.is_dir() and not any(one.is_relative_to(base) for base in own)]
