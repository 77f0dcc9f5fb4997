"""Named faults: what was done to the data."""

from nantrace.drift.faults.fault import Fault, FaultRemedy
from nantrace.drift.faults.naming import name_faults

__all__ = ["Fault", "FaultRemedy", "name_faults"]
