"""Settings of the server, from environment variables."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")

T = TypeVar("T")
N = TypeVar("N", int, float)


class SettingsError(ValueError):
    """Missing or invalid variables, one line each."""


@dataclass(frozen=True)
class Settings:
    """Settings of the server.

    Attributes:
        model_path: `MODEL_PATH`, the model's file, or a folder with a `model.onnx`. Required.
        model_name: `MODEL_NAME`, returned with each prediction. Default: the file's name without its extension.
        model_version: `MODEL_VERSION`, likewise. Default: empty.
        batch_size: `BATCH_SIZE`, maximum of instances in a batch. Default: 8.
        num_workers: `NUM_WORKERS`, batches computed at once, each in a thread. Default: 1.
        queue_size: `QUEUE_SIZE`, maximum of waiting requests; further ones are answered 503. Default: 64.
        confidence_threshold: `CONFIDENCE_THRESHOLD`, from 0 to 1: predictions are then the classes whose score
            reaches it. Default: predictions are the model's output.
        log_level: `LOG_LEVEL`. Default: `INFO`.
        port: `PORT`. Default: 8000.
    """

    model_path: Path
    model_name: str
    model_version: str
    batch_size: int
    num_workers: int
    queue_size: int
    confidence_threshold: float | None
    log_level: str
    port: int

    @classmethod
    def of(cls, env: Mapping[str, str]) -> "Settings":
        """Read the settings from environment variables.

        Raises:
            SettingsError: Some are missing or invalid.
        """
        problems: list[str] = []

        def read(name: str, default: T, parse: Callable[[str], T], allowed: str) -> T:
            text = env.get(name, "")
            if not text:
                return default
            try:
                return parse(text)
            except ValueError:
                problems.append(f"{name}: must be {allowed}, got {text!r}")
                return default

        path = env.get("MODEL_PATH", "")
        if not path:
            problems.append("MODEL_PATH: required, got nothing, such as /models/resnet50.onnx")
        count = "a whole number from 1"
        settings = cls(
            model_path=Path(path),
            model_name=env.get("MODEL_NAME") or Path(path).stem,
            model_version=env.get("MODEL_VERSION", ""),
            batch_size=read("BATCH_SIZE", 8, _count, count),
            num_workers=read("NUM_WORKERS", 1, _count, count),
            queue_size=read("QUEUE_SIZE", 64, _count, count),
            confidence_threshold=read("CONFIDENCE_THRESHOLD", None, _fraction, "a number from 0 to 1"),
            log_level=read("LOG_LEVEL", "INFO", _level, f"one of {', '.join(LOG_LEVELS)}"),
            port=read("PORT", 8000, _port, "a port from 1 to 65535"),
        )
        if problems:
            raise SettingsError("\n".join(problems))
        return settings


def _count(text: str) -> int:
    return _within(int(text), 1, 2**31)


def _port(text: str) -> int:
    return _within(int(text), 1, 65535)


def _fraction(text: str) -> float | None:
    return _within(float(text), 0.0, 1.0)


def _level(text: str) -> str:
    if text.upper() not in LOG_LEVELS:
        raise ValueError(text)
    return text.upper()


def _within(number: N, least: N, most: N) -> N:
    if not least <= number <= most:
        raise ValueError(number)
    return number
