"""ONNX models, computed by ONNX Runtime, which is imported when a model is loaded."""

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Tensor = NDArray[Any]

# Source: https://onnxruntime.ai/docs/execution-providers/ (the first that is there and works is used)
_PROVIDERS = ("CUDAExecutionProvider", "CPUExecutionProvider")

_DTYPES = {
    "tensor(float)": "float32",
    "tensor(float16)": "float16",
    "tensor(double)": "float64",
    "tensor(int64)": "int64",
    "tensor(int32)": "int32",
    "tensor(uint8)": "uint8",
}


class ModelError(Exception):
    """The model cannot be served."""


class InputError(ValueError):
    """Instances that do not fit the model's input."""


class Model(Protocol):
    """Interface of a model."""

    @property
    def max_batch(self) -> int | None:
        """Maximum of instances computed at once, None without a limit."""
        ...

    def tensor(self, instances: list[Any]) -> Tensor:
        """Convert the instances to the model's input.

        Raises:
            InputError: They do not fit.
        """
        ...

    def predict(self, batch: Tensor) -> Tensor:
        """Return the output for each instance of a batch."""
        ...


Load = Callable[[Path], Model]


class OnnxModel:
    """An ONNX model with one input, whose first dimension is the batch; its first output is the prediction.

    Attributes:
        provider: Its execution provider, such as `CUDAExecutionProvider`.
    """

    def __init__(self, session: Any) -> None:
        inputs = session.get_inputs()
        if len(inputs) != 1:
            raise ModelError(f"must have one input, got {', '.join(one.name for one in inputs) or 'none'}")
        (only,) = inputs
        if only.type not in _DTYPES or not only.shape:
            raise ModelError(
                f"input {only.name}: must be a batch of {', '.join(_DTYPES)}, got {only.type} of shape {only.shape}"
            )
        batch, *self._shape = (size if isinstance(size, int) else None for size in only.shape)
        if batch not in (None, 1):
            raise ModelError(f"input {only.name}: must have a batch size that is free, or 1, got {batch}")
        self.max_batch: int | None = batch
        self.provider: str = session.get_providers()[0]
        self._session, self._name, self._dtype = session, only.name, np.dtype(_DTYPES[only.type])

    def tensor(self, instances: list[Any]) -> Tensor:
        """Convert the instances, all of the input's shape; dynamic dimensions may have any size."""
        try:
            found: Tensor = np.asarray(instances, dtype=self._dtype)
        except (TypeError, ValueError, OverflowError) as error:
            raise InputError(f"instances: must be {self._dtype} of one shape, {error}") from None
        shape = found.shape[1:]
        if len(shape) != len(self._shape) or any(
            wanted not in (None, size) for wanted, size in zip(self._shape, shape, strict=True)
        ):
            wanted = [size or "any" for size in self._shape]
            raise InputError(f"instances: must be of shape {wanted}, got {list(shape)}")
        return found

    def predict(self, batch: Tensor) -> Tensor:
        """Return the first output for the batch."""
        output: Tensor = np.asarray(self._session.run(None, {self._name: batch})[0])
        if output.ndim == 0 or len(output) != len(batch):
            raise ModelError(f"must have an output for each instance, got {list(output.shape)} for {len(batch)}")
        return output

    def warm_up(self) -> None:
        """Compute once, so that the first request does not wait for initialization."""
        if None not in self._shape:
            self.predict(np.zeros((1, *(size or 1 for size in self._shape)), self._dtype))


def load(path: Path) -> OnnxModel:
    """Load a model from a file or from a folder's `model.onnx`, on a GPU if there is one.

    Raises:
        ModelError: It does not exist or cannot be served.
    """
    file = path / "model.onnx" if path.is_dir() else path
    if not file.is_file():
        raise ModelError(f"{file}: no such file")
    runtime: Any = importlib.import_module("onnxruntime")
    providers = [one for one in _PROVIDERS if one in runtime.get_available_providers()]
    if "CUDAExecutionProvider" in providers:
        runtime.preload_dlls()  # CUDA's libraries are installed from PyPI, outside the loader's path
    try:
        model = OnnxModel(runtime.InferenceSession(str(file), providers=providers))
        model.warm_up()
    except Exception as error:
        raise ModelError(f"{file}: {error}") from error
    return model
