"""A straight line: what scaling, units and signs do to values."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """sent = factor * right + offset; the factor is not 0."""

    factor: float
    offset: float

    def then(self, other: "Line") -> "Line":
        """First this one, then the other."""
        return Line(self.factor * other.factor, self.offset * other.factor + other.offset)

    @property
    def inverse(self) -> "Line":
        return Line(1 / self.factor, -self.offset / self.factor)


SAME = Line(1.0, 0.0)
