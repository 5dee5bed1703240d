"""Opens the files of tables for pyarrow, which reads in threads of its own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO, cast

import pyarrow as pa


def opened(path: Path) -> BinaryIO:
    """A file of pyarrow's own. Raises OSError.

    Not one of Python's: a thread of pyarrow's may let go of that after the table has come back, and where
    Python ends meanwhile the whole program is aborted. By its name as bytes: text is taken for UTF-8.
    """
    return cast(BinaryIO, pa.OSFile(os.fsencode(path)))
