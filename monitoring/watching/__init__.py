"""Watches the traffic of every version: counts per hour, judged against its reference."""

from monitoring.watching.registration import keep_training_inputs
from monitoring.watching.tallying import Tally

__all__ = ["Tally", "keep_training_inputs"]
