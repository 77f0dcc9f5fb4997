"""Calls of TensorFlow Serving, logged by a proxy."""
