"""The model servers gpuplane has presets for, each read from its file in `data/`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib.resources import files
from typing import Any


class RuntimeName(str, Enum):
    """The known model servers, by the names of their data files.

    `reference` is this project's own server and any other with the same paths, port and variables.
    """

    REFERENCE = "reference"
    VLLM = "vllm"
    TRITON = "triton"
    TGI = "tgi"
    TORCHSERVE = "torchserve"


@dataclass(frozen=True)
class RuntimeMetrics:
    """The names of a runtime's Prometheus metrics.

    Attributes:
        source: Documentation these names are from.
        requests: Counter of requests.
        latency_histogram: Histogram of request durations, empty without one.
        latency_sum: Counter of the total request duration, for a runtime without a histogram.
        seconds_per_unit: One unit of the durations in seconds, as PromQL writes it.
        queue: Gauge of waiting requests, empty without one.
    """

    source: str
    requests: str
    latency_histogram: str
    latency_sum: str
    seconds_per_unit: str
    queue: str


@dataclass(frozen=True)
class Runtime:
    """A preset of a model server.

    Attributes:
        source: Documentation these values are from.
        image: Image with a pinned version, empty where the user has to name one.
        port: Port that serves requests.
        metrics_port: Port of the Prometheus metrics.
        metrics_path: HTTP path of the metrics.
        liveness_path: HTTP path that answers 200 while the process works.
        readiness_path: HTTP path that answers 200 once the model is loaded.
        command: Command of the container, empty for the image's entrypoint. See `TemplateValues` for placeholders.
        args: Arguments of the command, with placeholders.
        env: Environment variables, with placeholders.
        needs_folder: Whether its model is always a folder, never a single file.
        metrics: Names of its metrics.
    """

    source: str
    image: str
    port: int
    metrics_port: int
    metrics_path: str
    liveness_path: str
    readiness_path: str
    command: tuple[str, ...]
    args: tuple[str, ...]
    env: Mapping[str, str]
    needs_folder: bool
    metrics: RuntimeMetrics


@cache
def runtime(name: RuntimeName) -> Runtime:
    """Return the preset of one runtime.

    Example:
        >>> runtime(RuntimeName.TRITON).readiness_path
        '/v2/health/ready'
    """
    text = files("gpuplane.serving.runtimes").joinpath("data", f"{name.value}.json").read_text(encoding="utf-8")
    row: dict[str, Any] = json.loads(text)
    row |= {"command": tuple(row["command"]), "args": tuple(row["args"]), "metrics": RuntimeMetrics(**row["metrics"])}
    return Runtime(**row)
