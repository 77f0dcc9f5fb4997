"""Registers a trained version and posts its day of traffic."""

import json
from datetime import datetime, timedelta
from pathlib import Path

from monitoring.demo.api import Api


def post_model(api: Api, folder: Path, now: datetime) -> int:
    """Posts every version under `folder` (one model), the oldest version first; returns how many rows."""
    return sum(_post_version(api, version, now) for version in sorted(folder.iterdir()))


def _post_version(api: Api, folder: Path, now: datetime) -> int:
    name, version = folder.parent.name, folder.name
    api.register(
        {"name": name, "version": version, "metadata": (folder / "metadata.json").read_text()},
        {
            "artifact": ("model.keras", (folder / "model.keras").read_bytes()),
            "reference": ("reference.npz", (folder / "reference.npz").read_bytes()),
        },
    )
    rows = 0
    for batch in json.loads((folder / "batches.json").read_text()):
        observed_at = now - timedelta(hours=batch.pop("hours_ago"))
        api.send_samples({"model": name, "version": version, "observed_at": observed_at.isoformat(), **batch})
        rows += len(batch["inputs"])
    return rows
