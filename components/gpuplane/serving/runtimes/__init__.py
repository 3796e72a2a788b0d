"""Model servers that are known: their image, ports, probes, metrics and how each is told of its model."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib.resources import files
from typing import Any


class RuntimeName(str, Enum):
    """The known model servers. `reference` stands for this project's own and for any that answers like it."""

    REFERENCE = "reference"
    VLLM = "vllm"
    TRITON = "triton"
    TGI = "tgi"
    TORCHSERVE = "torchserve"


@dataclass(frozen=True)
class Runtime:
    """A model server.

    Attributes:
        source: Where these facts are from.
        image: Its image of a pinned version; empty where there is none to pull.
        port: Where it listens.
        metrics_port: Where Prometheus finds its metrics.
        metrics_path: And under which path.
        liveness_path: Answers while it works.
        readiness_path: Answers when its model is loaded.
        command: What to run; empty for what the image says.
        args: Its arguments.
        env: Environment variables it needs.
        needs_folder: Whether its model is a folder and never one file.
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


@dataclass(frozen=True)
class Told:
    """What a server is told: in `command`, `args` and `env` each of these stands in braces.

    Attributes:
        model: Path of its model, empty where it has none.
        model_name: What clients call it by.
        port: Where to listen.
        metrics_port: Where to show metrics.
        gpus: How many GPUs to spread the model over, at least 1.
    """

    model: str
    model_name: str
    port: int
    metrics_port: int
    gpus: int

    def in_text(self, text: str) -> str:
        """The text with what it names in braces.

        Example:
            >>> Told("/models", "bert", 8000, 8000, 2).in_text("--tensor-parallel-size={gpus}")
            '--tensor-parallel-size=2'
        """
        return text.format(**vars(self))

    def of(self, texts: tuple[str, ...]) -> list[str]:
        """The texts; those that name a model are left out where there is none."""
        return [self.in_text(text) for text in texts if self.model or "{model" not in text]


@cache
def runtimes() -> Mapping[RuntimeName, Runtime]:
    """All of them, as the data file has them."""
    text = files(__name__).joinpath("data", "runtimes.json").read_text(encoding="utf-8")
    rows: dict[str, dict[str, Any]] = json.loads(text)
    return {RuntimeName(name): _runtime(row) for name, row in rows.items()}


def _runtime(row: dict[str, Any]) -> Runtime:
    facts: dict[str, Any] = {**row, "command": tuple(row["command"]), "args": tuple(row["args"])}
    return Runtime(**facts)


def runtime(name: RuntimeName) -> Runtime:
    """One of them.

    Example:
        >>> runtime(RuntimeName.TRITON).readiness_path
        '/v2/health/ready'
    """
    return runtimes()[name]
