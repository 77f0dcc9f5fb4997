"""Named faults: what was done to the data."""

from nantrace.drift.faults.fault import Fault, Remedy
from nantrace.drift.faults.naming import name_faults

__all__ = ["Fault", "Remedy", "name_faults"]
