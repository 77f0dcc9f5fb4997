"""JSON in which NaN, infinities and missing values stay what they are."""
