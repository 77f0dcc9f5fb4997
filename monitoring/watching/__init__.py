"""Watches the traffic of every version: counts per hour, judged against its reference."""

from monitoring.watching.gathering import freeze_waiting
from monitoring.watching.judging import judge_changed
from monitoring.watching.recent_faults import recent_faults
from monitoring.watching.registration import keep_training_inputs
from monitoring.watching.retention import delete_old_windows
from monitoring.watching.tallying import Tally

__all__ = ["Tally", "delete_old_windows", "freeze_waiting", "judge_changed", "keep_training_inputs", "recent_faults"]
