"""The counters that the exporter serves."""

import csv
from collections.abc import Iterable, Mapping
from enum import Enum
from importlib.resources import files

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem

PROFILING_PREFIX = "DCGM_FI_PROF_"


class CounterKind(str, Enum):
    """What Prometheus takes it for."""

    GAUGE = "gauge"
    COUNTER = "counter"
    LABEL = "label"


class DcgmCounter(Args):
    """One more counter, by its DCGM field."""

    kind: CounterKind = CounterKind.GAUGE
    """What Prometheus takes it for. By default a gauge."""

    help: str
    """What it counts, and its unit."""

    def own_problems(self) -> Iterable[Problem]:
        """Refuse commas, which separate the columns of the exporter's file."""
        if "," in self.help or "\n" in self.help:
            yield Problem("help", f"must be one line without commas, got {self.help!r}")


def counters_file(more: Mapping[str, DcgmCounter], profiling: bool) -> str:
    """Return the file that the exporter reads: the default counters, the profiler's if enabled, and those given.

    Source of the usual ones: https://github.com/NVIDIA/dcgm-exporter/blob/main/etc/default-counters.csv
    """
    text = files("gpuplane.devices.dcgm_exporter").joinpath("data", "counters.csv").read_text(encoding="utf-8")
    usual = {
        row["field"]: (row["kind"], row["help"])
        for row in csv.DictReader(text.splitlines())
        if profiling or row["profiling"] == "no"
    }
    own = {field: (counter.kind.value, counter.help) for field, counter in more.items()}
    return "".join(f"{field}, {kind}, {said}\n" for field, (kind, said) in {**usual, **own}.items())
