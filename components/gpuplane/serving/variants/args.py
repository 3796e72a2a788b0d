"""What share of a model's requests a variant gets."""

import re
from collections.abc import Iterable, Iterator, Mapping

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem

TOTAL_WEIGHT = 100

_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+\-.^_`|~]+")


class Share(Args):
    """Which requests a variant gets: a percentage of all, and those that name it.

    A canary has a small weight, a dark launch weight 0 and a header, an A/B test a header or a cookie, a blue-green
    switch moves all 100 from one variant to the other.
    """

    weight: int = TOTAL_WEIGHT
    """Percent of the requests that no header or cookie decides; over all variants they sum to 100."""

    headers: dict[str, str] = {}
    """Requests with all of these headers go to it whatever the weights. By default none."""

    cookie: str | None = None
    """With exposure `ingress`, requests whose cookie of this name says `always` go to it, those with `never` do not."""

    def own_problems(self) -> Iterable[Problem]:
        """A percentage, and headers that HTTP allows."""
        if not 0 <= self.weight <= TOTAL_WEIGHT:
            yield Problem("weight", f"must be from 0 to {TOTAL_WEIGHT}, got {self.weight}")
        for name in self.headers:
            if not _HEADER.fullmatch(name):
                yield Problem(f"headers.{name}", "must be a header's name, allowed: letters, digits, -, _ and .")


def share_problems(shares: Mapping[str, Share]) -> Iterator[Problem]:
    """What is wrong with variants beside each other: weights that do not sum to all, requests that two would get.

    Args:
        shares: Variants by name.
    """
    total = sum(share.weight for share in shares.values())
    if total != TOTAL_WEIGHT:
        said = ", ".join(f"{name} {share.weight}" for name, share in sorted(shares.items()))
        yield Problem("", f"weights must sum to {TOTAL_WEIGHT}, got {total}: {said or 'no variant'}")
    taken: dict[frozenset[tuple[str, str]], str] = {}
    for name, share in sorted(shares.items()):
        wanted = frozenset((key.lower(), value) for key, value in share.headers.items())
        if wanted and wanted in taken:
            yield Problem(f"{name}.headers", f"must lead to one variant, got the headers of {taken[wanted]!r}")
        taken.setdefault(wanted, name)
