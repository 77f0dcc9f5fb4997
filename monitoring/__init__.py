"""What became of the batches: replay, diagnosis, incidents, alerts, pages."""
