"""Functions over arrays that are compiled to machine code."""

from __future__ import annotations

import hashlib
import importlib
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

_BLAS = "scipy.linalg.cython_blas"


def _load_without_blas() -> None:
    """Load numba's array functions without those of linear algebra, which no function here uses: they would
    import scipy.linalg, more than half of the time until a process has made its first call."""
    modules, known = cast(dict[str, Any], sys.modules), sys.modules.get(_BLAS)
    modules[_BLAS] = None  # an import of it fails
    try:
        importlib.import_module("numba.np.arraymath")
    finally:
        del modules[_BLAS]
        if known is not None:
            modules[_BLAS] = known


_load_without_blas()

_PACKAGE = Path(__file__).resolve().parent
_MARK = b"\n@compiled\n"


def sources_stamp(package: Path) -> str:
    """What all functions of a package that are compiled say: a hash of their modules."""
    texts = (path.read_bytes() for path in sorted(package.rglob("*.py")))
    return hashlib.sha256(b"".join(text for text in texts if _MARK in text)).hexdigest()[:16]


def _keep_in(folder: Path) -> None:
    """Have numba keep machine code in a folder named after all compiled sources; others go.

    numba itself looks for changes in a function's own module only, but what that calls is compiled into it.
    """
    ours = folder / f"code-{sources_stamp(_PACKAGE)}"
    if not ours.exists():
        for earlier in folder.glob("code-*"):
            shutil.rmtree(earlier, ignore_errors=True)
    numba.config.CACHE_DIR = str(ours)


_keep_in(Path(numba.config.CACHE_DIR or _PACKAGE / "__pycache__"))

F = TypeVar("F", bound=Callable[..., object])

_FUNCTIONS: list[Any] = []
"""All that are compiled, as numba's dispatchers."""


def compiled(function: F) -> F:
    """Compile on the first call; the machine code is kept on disk, beside the source or in the user's cache.

    Only plain loops over numpy arrays and numbers: see numba's `njit`. Other threads run meanwhile. Where
    nothing may be written it is compiled anew by every process.
    """
    try:
        made = numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # numba finds no folder that it may write to
        return cast(F, numba.njit(nogil=True)(function))
    _FUNCTIONS.append(made)
    return cast(F, made)


def to_compile() -> bool:
    """Whether machine code is still to be made that the next process finds on disk, as on the first run."""
    return bool(not_compiled())


def not_compiled() -> list[str]:
    """The functions of which there is no machine code on disk, with their modules."""
    return [_name(function) for function in _FUNCTIONS if not _kept(function)]


def _kept(function: Any) -> bool:
    """Whether numba's index of the machine code is there."""
    known = Path(function.stats.cache_path).glob(f"{_name(function)}-*.nbi")
    return any(known)


def _name(function: Any) -> str:
    """As numba's files begin."""
    return f"{function.py_func.__module__.rpartition('.')[2]}.{function.py_func.__qualname__}"


@intrinsic  # type: ignore[untyped-decorator]
def set_bits(_context: Any, number: Any) -> Any:
    """How many bits of a uint64 are set."""

    def generate(_ctx: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.call(builder.module.declare_intrinsic("llvm.ctpop", [ir.IntType(64)]), arguments)

    return types.int64(number), generate


@compiled
def differing_bits(a: np.ndarray, b: np.ndarray) -> int:
    """In how many bits two rows of uint64 differ: one instruction a word."""
    bits = 0
    for word in range(len(a)):
        bits += set_bits(a[word] ^ b[word])
    return bits


@compiled
def solve3(square: np.ndarray, right: np.ndarray, solution: np.ndarray) -> None:
    """Solve three linear equations, float64 (3, 3) and (3,), by Cramer's rule into `solution` (3,); where
    they have no single solution, into nan."""
    minors = np.empty((3, 3))
    for i in range(3):
        for j in range(3):
            k, m, n, o = (i + 1) % 3, (i + 2) % 3, (j + 1) % 3, (j + 2) % 3
            minors[j, i] = square[k, n] * square[m, o] - square[k, o] * square[m, n]
    whole = square[0, 0] * minors[0, 0] + square[0, 1] * minors[1, 0] + square[0, 2] * minors[2, 0]
    for i in range(3):
        total = minors[i, 0] * right[0] + minors[i, 1] * right[1] + minors[i, 2] * right[2]
        solution[i] = total / whole if whole else np.nan
