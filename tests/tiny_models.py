"""Tiny ONNX models written by hand: a picture in, the mean colours of 8 × 8 fields out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

FLOAT, BYTE = 1, 2
"""Types of values, as onnx.proto3 numbers them."""


def floats(path: Path, side: int = 64) -> Path:
    """(pictures, 3, side, side) of floats → (pictures, 192)."""
    nodes = [_pool(side, "picture", "pooled"), _node("Flatten", "pooled", "vector")]
    return _written(path, nodes, FLOAT, ["n", 3, side, side])


def bytes_(path: Path) -> Path:
    """(pictures, height, width, 3) of bytes, of free size: 288 is what it is given → (pictures, 192)."""
    nodes = [
        _node("Cast", "picture", "cast", [_number("to", FLOAT)]),
        _node("Transpose", "cast", "turned", [_numbers("perm", [0, 3, 1, 2])]),
        _pool(288, "turned", "pooled"),
        _node("Flatten", "pooled", "vector"),
    ]
    return _written(path, nodes, BYTE, ["n", "height", "width", 3])


def flat(path: Path) -> Path:
    """A model of another form: (pictures, 10) of floats."""
    return _written(path, [_node("Flatten", "picture", "vector")], FLOAT, ["n", 10])


def _written(path: Path, nodes: Sequence[bytes], kind: int, shape: Sequence[int | str]) -> Path:
    graph = b"".join(_field(1, node) for node in nodes) + _field(2, "tiny")
    graph += _field(11, _value("picture", kind, shape)) + _field(12, _value("vector", FLOAT, ["n", "d"]))
    opset = _field(8, _field(1, "") + _field(2, 13))
    path.write_bytes(_field(1, 8) + opset + _field(7, graph))
    return path


def _pool(side: int, given: str, made: str) -> bytes:
    window = [side // 8, side // 8]
    return _node("AveragePool", given, made, [_numbers("kernel_shape", window), _numbers("strides", window)])


def _node(kind: str, given: str, made: str, attributes: Sequence[bytes] = ()) -> bytes:
    named = _field(1, given) + _field(2, made) + _field(3, made) + _field(4, kind)
    return named + b"".join(_field(5, attribute) for attribute in attributes)


def _number(name: str, value: int) -> bytes:
    return _field(1, name) + _field(3, value) + _field(20, 2)


def _numbers(name: str, values: Sequence[int]) -> bytes:
    return _field(1, name) + b"".join(_field(8, value) for value in values) + _field(20, 7)


def _value(name: str, kind: int, shape: Sequence[int | str]) -> bytes:
    sides = (_field(1, _field(1, s) if isinstance(s, int) else _field(2, s)) for s in shape)
    return _field(1, name) + _field(2, _field(1, _field(1, kind) + _field(2, b"".join(sides))))


def _field(number: int, value: int | str | bytes) -> bytes:
    """A field of a protobuf message."""
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    data = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def _varint(value: int) -> bytes:
    out = b""
    while value > 127:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])
