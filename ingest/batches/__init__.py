"""From a decoded body to a committed batch."""
