"""Values of type DISTRIBUTION: counts of buckets, added, subtracted and asked for percentiles.

https://cloud.google.com/monitoring/api/ref_v3/rest/v3/TypedValue#Distribution
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True)
class BucketCounts:
    """`counts` has one more entry than `bounds`: below the first, between each two, from the last one on."""

    bounds: tuple[float, ...]
    counts: tuple[int, ...]
    mean: float

    @classmethod
    def of(cls, distribution: Any) -> Self:
        """Of a google.api.Distribution; trailing buckets that it leaves out are empty."""
        bounds = _bounds(distribution.bucket_options)
        missing = len(bounds) + 1 - len(distribution.bucket_counts)
        return cls(bounds, (*distribution.bucket_counts, *[0] * missing), distribution.mean)

    @property
    def count(self) -> int:
        return sum(self.counts)

    def plus(self, other: "BucketCounts", sign: int = 1) -> "BucketCounts":
        """With another one of the same bounds added, or taken away where `sign` is -1."""
        count = self.count + sign * other.count
        total = self.mean * self.count + sign * other.mean * other.count
        counts = tuple(one + sign * more for one, more in zip(self.counts, other.counts, strict=True))
        return BucketCounts(self.bounds, counts, total / count if count else 0.0)

    def percentile(self, share: float) -> float | None:
        """Where `share` of the values lie below, straight within a bucket; None of no values.

        Beyond the outer bounds nothing is known but the bound.
        """
        wanted, below = share * self.count, 0.0
        edges = (self.bounds[0], *self.bounds, self.bounds[-1])
        for number, count in enumerate(self.counts):
            if count and below + count >= wanted:
                low, high = edges[number], edges[number + 1]
                return low + (high - low) * (wanted - below) / count
            below += count
        return None


def _bounds(options: Any) -> tuple[float, ...]:
    if kind := options.WhichOneof("options"):
        return tuple(_BOUNDS[kind](getattr(options, kind)))
    return ()


def _explicit(buckets: Any) -> Sequence[float]:
    return list(buckets.bounds)


def _linear(buckets: Any) -> Sequence[float]:
    return [buckets.offset + buckets.width * number for number in range(buckets.num_finite_buckets + 1)]


def _exponential(buckets: Any) -> Sequence[float]:
    return [buckets.scale * buckets.growth_factor**number for number in range(buckets.num_finite_buckets + 1)]


_BOUNDS = {"explicit_buckets": _explicit, "linear_buckets": _linear, "exponential_buckets": _exponential}
