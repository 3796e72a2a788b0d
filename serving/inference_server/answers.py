"""Predictions from the model's output."""

from typing import Any

import numpy as np

from inference_server.model import Tensor


def predictions(outputs: Tensor, threshold: float | None) -> list[Any]:
    """Return a prediction per instance: the output itself, or the classes whose score reaches the threshold.

    Scores are the output if it is a probability distribution, else its softmax.

    Example:
        >>> predictions(np.array([[0.9, 0.1]]), 0.5)
        [[{'class': 0, 'score': 0.9}]]
    """
    if threshold is None:
        return outputs.tolist()
    return [
        _classes(scores, threshold) for scores in _probabilities(outputs.reshape(len(outputs), -1).astype(np.float64))
    ]


def _classes(scores: Tensor, threshold: float) -> list[dict[str, Any]]:
    likely = [int(index) for index in np.argsort(-scores, kind="stable") if scores[index] >= threshold]
    return [{"class": index, "score": round(float(scores[index]), 6)} for index in likely]


def _probabilities(outputs: Tensor) -> Tensor:
    if (outputs >= 0).all() and np.allclose(outputs.sum(axis=1), 1, atol=1e-3):
        return outputs
    powers = np.exp(outputs - outputs.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
