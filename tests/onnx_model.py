"""The smallest ONNX models, written as the protocol buffers that they are, without the package that makes them.

Source of the numbers: https://github.com/onnx/onnx/blob/v1.19.0/onnx/onnx.proto
"""

from pathlib import Path

FLOAT = 1


def _varint(number: int) -> bytes:
    return bytes([number]) if number < 128 else bytes([number & 0x7F | 0x80]) + _varint(number >> 7)


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _message(field: int, body: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(body)) + body


def _text(field: int, text: str) -> bytes:
    return _message(field, text.encode())


def _value(name: str, shape: list[int | str]) -> bytes:
    dims = b"".join(_message(1, _number(1, one) if isinstance(one, int) else _text(2, one)) for one in shape)
    return _text(1, name) + _message(2, _message(1, _number(1, FLOAT) + _message(2, dims)))


def write(path: Path, operator: str, shape: list[int | str], inputs: int = 1) -> Path:
    """A model of one operator over inputs of a shape, such as `["batch", 2]`, whose output has the same shape."""
    names = [f"in{number}" for number in range(inputs)]
    node = b"".join(_text(1, name) for name in names) + _text(2, "out") + _text(4, operator)
    graph = (
        _message(1, node)
        + _text(2, "tiny")
        + b"".join(_message(11, _value(name, shape)) for name in names)
        + _message(12, _value("out", shape))
    )
    path.write_bytes(_number(1, 8) + _message(7, graph) + _message(8, _number(2, 13)))
    return path
