"""Names of tensors in the child's answers."""

MAGNITUDES = "magnitudes"  # of the taps, beside the outputs, which are called output/<name>
