"""CPU or memory of a model server's replica."""

from collections.abc import Iterable
from typing import Any

from gpuplane import quantity
from gpuplane.args import Args
from gpuplane.errors import Problem


class Compute(Args):
    """CPU or memory of one replica."""

    request: str
    """What the scheduler keeps for it."""

    limit: str
    """The most it may use."""

    def problems(self) -> Iterable[Problem]:
        """Both quantities, the limit not below the request."""
        parsed: dict[str, Any] = {}
        for path, text in (("request", self.request), ("limit", self.limit)):
            try:
                parsed[path] = quantity.parse(text)
            except ValueError as error:
                yield Problem(path, str(error))
        if len(parsed) == 2 and parsed["limit"] < parsed["request"]:
            yield Problem("limit", f"must be at least the request, got {self.limit!r}, request is {self.request!r}")
