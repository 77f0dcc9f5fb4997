"""Named faults: what was done to the data."""

from monitoring.drift.faults.fault import Fault, Remedy
from monitoring.drift.faults.naming import name_faults

__all__ = ["Fault", "Remedy", "name_faults"]
