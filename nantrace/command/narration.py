"""A replayer that says to a person what it is doing."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from nantrace.replay.replayer import Replayer
from nantrace.tensors.tensor import Tensors

Json = dict[str, Any]
VARIANTS = {
    "graph": "replaying the rows",
    "tapped": "measuring every layer",
    "eager": "replaying op by op",
    "float32": "replaying in float32",
    "float64": "replaying in float64",
}
METHODS = {
    "trace": "following bad values back",
    "experiment": "changing the model and replaying",
    "audit": "examining the model",
}


class NarratedReplayer(Replayer):
    """Calls `say` with the next step in words before each of them."""

    say: Callable[[str], None] | None = None

    def ask(
        self, artifact: Path, flags: str, request: Json, tensors: Tensors, limit: float | None = None
    ) -> tuple[Json, Tensors]:
        """See `Replayer.ask`."""
        if self.say is not None:
            step = METHODS.get(request["method"]) or VARIANTS.get(request.get("variant", ""), "replaying the rows")
            self.say(f"{step}, {tensors.rows:,} at once" if tensors.rows > 1 else step)
        return super().ask(artifact, flags, request, tensors, limit)
