"""Names of tensors in the child's answers."""

MAGNITUDES = "tap/magnitudes"  # behind the taps of the layer strip, beside the outputs, which are called output/<name>
HIDDEN = "tap/hidden"  # per row: could a bad value have been lost inside?
