"""A folder that shows one incident with plain TensorFlow, on any machine that has the model file."""

from monitoring.reproduction.archive import NothingKept, download

__all__ = ["NothingKept", "download"]
