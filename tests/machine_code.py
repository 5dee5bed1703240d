"""Compiles what the tests call, once for all their processes: `python -m tests.machine_code`."""

from __future__ import annotations

import tempfile
from pathlib import Path

import cv2
import numpy as np

from dupedash.compiled import to_compile
from dupedash.embedded.compare import pairs
from dupedash.embedded.describe.descriptor import describe
from tests import drawn, workspaces
from tests.embedded_pictures import scene


def main() -> None:
    """Scan a few photos, compare drawings, and a picture with its gray copy: each needs code of its own."""
    if not to_compile():
        return
    with tempfile.TemporaryDirectory() as folder:
        workspaces.scan(workspaces.fill(Path(folder) / "data", workspaces.draw(Path(folder) / "pictures")))
    for draw in drawn.KINDS.values():
        compare(np.asarray(draw(1)), np.asarray(draw(2)))
    picture = scene(1)
    compare(picture, cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB))


def compare(one: np.ndarray, other: np.ndarray) -> None:
    """As a scan does, RGB uint8 (height, width, 3)."""
    described = describe(one), describe(other)
    pairs.judge(*described, (False,)).explanation(*described)


if __name__ == "__main__":
    main()
