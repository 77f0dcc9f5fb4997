"""Vertex AI's request-response log."""
