"""Behind `nantrace.diagnose`, `nantrace.drift` and `nantrace.audit`: what a caller hands over, and the report back."""
