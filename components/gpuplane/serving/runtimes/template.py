"""Placeholders in a runtime's command, arguments and environment variables."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class TemplateValues:
    """Values of the placeholders, which are the names of these attributes in braces.

    Attributes:
        model: Path of the model in the pod, empty without a model.
        model_name: Name that clients use for the model.
        port: Port that serves requests.
        metrics_port: Port of the metrics.
        gpus: Number of GPUs to spread the model over, at least 1.
    """

    model: str
    model_name: str
    port: int
    metrics_port: int
    gpus: int

    def fill(self, text: str) -> str:
        """Replace the placeholders of a text.

        Example:
            >>> TemplateValues("/models", "bert", 8000, 8000, 2).fill("--tensor-parallel-size={gpus}")
            '--tensor-parallel-size=2'
        """
        return text.format(**vars(self))

    def fill_all(self, texts: Iterable[str]) -> list[str]:
        """Replace the placeholders of several texts, and leave out those about a model where there is none."""
        return [self.fill(text) for text in texts if self.applies(text)]

    def applies(self, text: str) -> bool:
        """Tell whether all that a text names exists: without a model, texts about it are left out."""
        return bool(self.model) or "{model" not in text
