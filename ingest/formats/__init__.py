"""Formats of bodies: from bytes to the tensors and the fields of a batch."""
