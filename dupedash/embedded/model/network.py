"""An ONNX model that makes a vector of a picture, run by onnxruntime (the extra `models`)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from dupedash.errors import ConfigError
from dupedash.images.files import printable

Vectors = npt.NDArray[np.float32]
Pixels = npt.NDArray[np.uint8]

SIDE = 288
"""Pixels of the square that a model is given whose sizes are free: what SSCD was measured with (Pizzi et al.,
A Self-Supervised Descriptor for Image Copy Detection, 2022)."""
# Of the colours of ImageNet, by which the pictures of float models are brought to one scale.
_MEAN, _DEVIATION = np.array([[0.485, 0.456, 0.406], [0.229, 0.224, 0.225]], np.float32)
_FORMS = (
    "It takes one input, either (pictures, height, width, 3) of bytes or (pictures, 3, height, width) of "
    "floats in the colours of ImageNet, and gives one vector for each picture."
)


class Network:
    """A loaded model. `vectors` may be called again and again, from one thread."""

    def __init__(self, path: Path) -> None:
        """Raises ConfigError: onnxruntime is missing, the file is no model, or one of another form."""
        self._path = path
        self._session = _session(path)
        inputs, outputs = self._session.get_inputs(), self._session.get_outputs()
        if len(inputs) != 1 or not outputs or len(inputs[0].shape) != 4:
            raise self._misfit("it has other inputs")
        self._input, self._output = inputs[0].name, outputs[0].name
        shape, kind = inputs[0].shape, inputs[0].type
        self._bytes = kind == "tensor(uint8)" and shape[3] == 3
        if not self._bytes and not (kind == "tensor(float)" and shape[1] == 3):
            raise self._misfit(f"its input is {kind} {shape}")
        height, width = shape[1:3] if self._bytes else shape[2:4]
        self._size = tuple(side if isinstance(side, int) else SIDE for side in (width, height))

    def vectors(self, pictures: Sequence[Pixels]) -> Vectors:
        """float32 (pictures, d), each of length 1; of zeros where the model gives none. Raises ConfigError.

        pictures  uint8 RGB (height, width, 3) of any sizes; each is drawn to the square of the model
        """
        batch = np.stack([cv2.resize(p, self._size, interpolation=cv2.INTER_AREA) for p in pictures])
        given = batch if self._bytes else _as_floats(np.asarray(batch, np.uint8))
        try:
            found = np.asarray(self._session.run([self._output], {self._input: given})[0], np.float32)
        except Exception as error:  # onnxruntime has no root of its own for what goes wrong in a model
            raise self._misfit(f"it failed: {error}") from error
        if found.ndim != 2 or len(found) != len(pictures):
            raise self._misfit(f"it gives {found.shape} for {len(pictures)} pictures")
        found = np.nan_to_num(found, posinf=0.0, neginf=0.0)
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        return np.asarray(found / np.maximum(lengths, 1e-12), np.float32)

    def _misfit(self, why: str) -> ConfigError:
        return ConfigError(f"The model {printable(self._path)} cannot be used: {why}. {_FORMS}")


def _as_floats(batch: Pixels) -> Vectors:
    scaled = (batch.astype(np.float32) / 255 - _MEAN) / _DEVIATION
    return np.ascontiguousarray(scaled.transpose(0, 3, 1, 2))


def _session(path: Path) -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise ConfigError(
            f"This collection uses the model {printable(path)}, and onnxruntime is not installed: install it "
            "(pip install 'dupedash[models]'), or let the collection use no model (`model --forget`)."
        ) from error
    try:
        return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    except Exception as error:  # a missing file, no model, one of another version: each is its own class
        raise ConfigError(f"The model {printable(path)} cannot be loaded: {error}") from error
