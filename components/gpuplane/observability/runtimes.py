"""What each serving runtime calls its requests, their time, and those that wait."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

WINDOW = "5m"


@dataclass(frozen=True)
class Runtime:
    """The metrics of one runtime, as Prometheus sees them.

    Attributes:
        name: The runtime.
        requests: Counter of requests.
        latency_histogram: Histogram of their time, empty where there is none.
        latency_sum: Counter of their time altogether, where there is no histogram.
        seconds_per_unit: What one unit of time is, in seconds.
        queue: Gauge of requests that wait, empty where there is none.
    """

    name: str
    requests: str
    latency_histogram: str
    latency_sum: str
    seconds_per_unit: str
    queue: str

    @property
    def latency_word(self) -> str:
        """`p95`, or `mean` where the runtime keeps no histogram."""
        return "p95" if self.latency_histogram else "mean"

    def rate(self, pods: str) -> str:
        """PromQL of requests a second of the pods that a selector names."""
        return f"sum(rate({self.requests}{{{pods}}}[{WINDOW}]))"

    def latency(self, pods: str) -> str:
        """PromQL of the time of their requests in seconds: the 95th percentile, else the mean."""
        if self.latency_histogram:
            buckets = f"sum by (le) (rate({self.latency_histogram}_bucket{{{pods}}}[{WINDOW}]))"
            seconds = f"histogram_quantile(0.95, {buckets})"
        else:
            seconds = f"sum(rate({self.latency_sum}{{{pods}}}[{WINDOW}])) / {self.rate(pods)}"
        return seconds if self.seconds_per_unit == "1" else f"({seconds}) * {self.seconds_per_unit}"

    def waiting(self, pods: str) -> str | None:
        """PromQL of the requests that wait, None where the runtime does not say."""
        return f"sum({self.queue}{{{pods}}})" if self.queue else None


@cache
def runtimes() -> Mapping[str, Runtime]:
    """All runtimes by name."""
    text = files("gpuplane.observability").joinpath("data/runtimes.csv").read_text()
    fields = ("requests", "latency_histogram", "latency_sum", "seconds_per_unit", "queue")
    return {
        row["runtime"]: Runtime(row["runtime"], *(row[name] for name in fields))
        for row in csv.DictReader(text.splitlines())
    }


def pods_of(namespace: str, server: str) -> str:
    """The label selector of a server's pods, and not of a variant's whose name begins with its own.

    Example:
        >>> pods_of("ml", "bert")
        'namespace="ml",pod=~"bert-[a-z0-9]+-[a-z0-9]+"'
    """
    return f'namespace="{namespace}",pod=~"{server}-[a-z0-9]+-[a-z0-9]+"'
