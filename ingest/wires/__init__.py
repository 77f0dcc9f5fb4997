"""Wires: the forms in which serving stacks send rows, a folder each.

A folder holds all that the service knows of one wire, and its `view` declares a `WIRE`, by which it is found.
"""
