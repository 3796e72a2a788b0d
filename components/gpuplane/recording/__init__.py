"""Runs a Pulumi program inside Python and records what it registers."""

from gpuplane.recording.errors import DefaultProviderError, DuplicateUrnError, Refusal, UnsupportedTransformError
from gpuplane.recording.resources import Failure, RecordedResource, Recording, Responder
from gpuplane.recording.run import run, run_path
from gpuplane.recording.values import UNKNOWN, Unknown, texts

__all__ = [
    "UNKNOWN",
    "DefaultProviderError",
    "DuplicateUrnError",
    "Failure",
    "RecordedResource",
    "Recording",
    "Refusal",
    "Responder",
    "Unknown",
    "UnsupportedTransformError",
    "run",
    "run_path",
    "texts",
]
