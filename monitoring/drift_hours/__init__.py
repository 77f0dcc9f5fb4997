"""Watches the traffic of every version: counts per hour, judged against its reference."""

from monitoring.drift_hours.hour_counts import HourCounts
from monitoring.drift_hours.hours import recent_faults
from monitoring.drift_hours.judging import judge_changed
from monitoring.drift_hours.reference_rows import freeze_waiting, keep_training_inputs

__all__ = ["HourCounts", "freeze_waiting", "judge_changed", "keep_training_inputs", "recent_faults"]
