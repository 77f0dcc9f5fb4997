"""Finds out why a Keras model answers NaN, or a number that a NaN made up, and proves it by replaying the rows."""
