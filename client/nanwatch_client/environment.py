"""The software and hardware that serve, as far as they are known without importing or starting anything.

TensorFlow is looked at where the serving process has imported it already: `sys.modules`.
"""

import os
import platform
import re
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.request import Request, build_opener

import numpy as np

# https://cloud.google.com/compute/docs/metadata/querying-metadata; Google's own libraries read the variable too
METADATA_HOST = "GCE_METADATA_HOST"
MACHINE_TYPE = "http://{host}/computeMetadata/v1/instance/machine-type"


def environment(modules: Mapping[str, Any] = sys.modules) -> dict[str, Any]:
    """Versions, device, oneDNN, XLA and precision policy; what is not known is left out."""
    found: dict[str, Any] = {"python": platform.python_version(), "numpy": np.__version__}
    for read in (_versions, _build, _device, _onednn, _precision, _xla):
        with suppress(Exception):  # another release of another library must not stop the sender
            found.update(read(modules))
    return {name: value for name, value in found.items() if value not in (None, "")}


def machine_type(timeout: float = 2.0) -> str:
    """Such as `g2-standard-4`, asked of the metadata server of Google Cloud; empty where there is none."""
    host = os.environ.get(METADATA_HOST, "metadata.google.internal")
    request = Request(MACHINE_TYPE.format(host=host), headers={"Metadata-Flavor": "Google"})  # noqa: S310
    try:
        with build_opener().open(request, timeout=timeout) as answer:
            name = answer.read(500).decode("ascii", "replace").rpartition("/")[2].strip()
    except OSError:
        return ""
    return name if re.fullmatch(r"[a-z0-9-]{1,100}", name) else ""


def model_environment(model: object) -> dict[str, Any]:
    """What a Keras model itself says: its precision policy, and whether XLA compiles it."""
    found: dict[str, Any] = {}
    try:
        policy = getattr(getattr(model, "dtype_policy", None), "name", None)
        if isinstance(policy, str):
            found["precision"] = policy
        compiled = getattr(model, "jit_compile", None)
        if isinstance(compiled, bool):
            found["xla"] = compiled
    except Exception:  # noqa: BLE001 - a model may do anything when it is asked
        return {}
    return found


def _versions(modules: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _version(modules.get(name)) for name in ("tensorflow", "keras")}


def _version(module: Any) -> str | None:
    version = getattr(module, "__version__", None)
    return version if isinstance(version, str) else None


def _build(modules: Mapping[str, Any]) -> dict[str, Any]:
    tensorflow = modules.get("tensorflow")
    if tensorflow is None:
        return {}
    build = tensorflow.sysconfig.get_build_info()
    return {"cuda": build.get("cuda_version"), "cudnn": build.get("cudnn_version")} if _gpus(modules) else {}


def _device(modules: Mapping[str, Any]) -> dict[str, Any]:
    gpus = _gpus(modules)
    if gpus is None:
        return {}
    if not gpus:
        return {"device": "CPU"}
    details = modules["tensorflow"].config.experimental.get_device_details(gpus[0])
    return {"device": f"GPU:{details.get('device_name', 'unknown')}"}


def _gpus(modules: Mapping[str, Any]) -> list[Any] | None:
    """None until TensorFlow has run something: to ask for devices before would start them, in this thread."""
    context = modules.get("tensorflow.python.eager.context")
    if context is None or context.context_safe() is None or not context.context_safe()._initialized:
        return None
    return list(modules["tensorflow"].config.list_physical_devices("GPU"))


def _onednn(modules: Mapping[str, Any]) -> dict[str, Any]:
    ports = modules.get("tensorflow.python.util._pywrap_util_port")
    return {} if ports is None else {"onednn": bool(ports.IsMklEnabled())}


def _precision(modules: Mapping[str, Any]) -> dict[str, Any]:
    keras = modules.get("keras")
    return {} if keras is None else {"precision": str(keras.config.dtype_policy().name)}


def _xla(modules: Mapping[str, Any]) -> dict[str, Any]:
    if "tensorflow" not in modules:
        return {}
    automatic = re.search(r"--tf_xla_auto_jit=(-?\d+|fusible)", os.environ.get("TF_XLA_FLAGS", ""))
    return {"xla": True} if automatic and automatic[1] not in ("0", "-1") else {}
