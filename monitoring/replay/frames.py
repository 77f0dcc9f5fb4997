"""Names of tensors in the child's answers."""

MAGNITUDES = "magnitudes"  # behind the taps of the layer strip, beside the outputs, which are called output/<name>
HIDDEN = "hidden"  # per row: could a bad value have been lost inside?
