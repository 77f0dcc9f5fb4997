"""One way to run one model, in a process of its own: `replay_worker.py MODE MODEL`; a line in, milliseconds out.

Modes: plain (compiled, default flags), unfused, watched and strip (the taps of the replay), check_numerics and
full_health (TensorFlow's own tools, the yardsticks). The flags are global to a process.
"""

import sys
import tempfile
import time
from collections.abc import Callable

import tensorflow as tf

from benchmarks.replay_models import build, rows_of
from nantrace.replay.layer_taps import Tap
from nantrace.replay.loading import from_keras


def forward(mode: str, name: str) -> Callable[[], object]:
    """A call that does one forward pass of the whole batch and waits for its outputs."""
    if mode in ("unfused", "watched", "strip"):
        tf.config.optimizer.set_experimental_options({"remapping": False})
    if mode == "check_numerics":
        tf.debugging.enable_check_numerics()
    if mode == "full_health":
        tf.debugging.experimental.enable_dump_debug_info(
            tempfile.mkdtemp(), tensor_debug_mode="FULL_HEALTH", circular_buffer_size=-1
        )
    model = from_keras(build(name))
    rows = tf.constant(rows_of(name))
    if mode in ("watched", "strip"):
        tap = Tap(model, model.names, strip=mode == "strip")
        return lambda: tap.forward([rows]).magnitudes
    return lambda: [tensor.numpy() for tensor in model.call([rows]).values()]


def main() -> None:
    run = forward(sys.argv[1], sys.argv[2])
    run()
    run()
    print("ready", flush=True)
    for _ in sys.stdin:
        started = time.perf_counter()
        run()
        print((time.perf_counter() - started) * 1e3, flush=True)


if __name__ == "__main__":
    main()
