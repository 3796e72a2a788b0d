"""The arguments of a variant: its part of a model's traffic."""

import re
from collections.abc import Iterable, Iterator, Mapping

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem

TOTAL_WEIGHT = 100

_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+\-.^_`|~]+")


class TrafficSplit(Args):
    """The requests that a variant gets: a percentage of all, and those with its headers or cookie.

    A canary has a small weight, a dark launch weight 0 and a header, an A/B test a header or a cookie, and a blue-green
    switch moves all 100 percent from one variant to the other.
    """

    weight: int = TOTAL_WEIGHT
    """Percentage of the requests that no header or cookie selects; the variants' weights sum to 100."""

    headers: dict[str, str] = {}
    """Requests with all of these headers go to this variant, regardless of weights. Default: none."""

    cookie: str | None = None
    """With exposure `ingress`, requests whose cookie of this name is `always` go to this variant, those with `never`
    do not."""

    def own_problems(self) -> Iterable[Problem]:
        """Yield problems of the percentage and of the headers."""
        if not 0 <= self.weight <= TOTAL_WEIGHT:
            yield Problem("weight", f"must be from 0 to {TOTAL_WEIGHT}, got {self.weight}")
        for name in self.headers:
            if not _HEADER.fullmatch(name):
                yield Problem(f"headers.{name}", "must be a header's name, allowed: letters, digits, -, _ and .")


def split_problems(splits: Mapping[str, TrafficSplit]) -> Iterator[Problem]:
    """Require weights that sum to 100, and that no request matches two variants.

    Args:
        splits: Variants by name.
    """
    total = sum(split.weight for split in splits.values())
    if total != TOTAL_WEIGHT:
        weights = ", ".join(f"{name} {split.weight}" for name, split in sorted(splits.items()))
        yield Problem("", f"weights must sum to {TOTAL_WEIGHT}, got {total}: {weights or 'no variant'}")
    owners: dict[frozenset[tuple[str, str]], str] = {}
    for name, split in sorted(splits.items()):
        headers = frozenset((key.lower(), value) for key, value in split.headers.items())
        if headers and headers in owners:
            yield Problem(f"{name}.headers", f"must be unique, got the headers of {owners[headers]!r}")
        owners.setdefault(headers, name)
