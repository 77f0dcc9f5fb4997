"""The only place that makes incidents and changes their state."""

from monitoring.incidents.recording import record
from monitoring.incidents.states import change_state, decide

__all__ = ["change_state", "decide", "record"]
