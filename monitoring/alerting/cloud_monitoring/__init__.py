"""Exact counts of predictions as cumulative metrics in Google Cloud Monitoring."""
