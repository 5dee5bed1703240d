"""Functions over arrays that are compiled to machine code.

numba, which does it, is loaded by the first call and not before: that takes half a second, and most programs
compare nothing themselves.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import shutil
import sys
import threading
from collections.abc import Callable
from functools import cache, cached_property, update_wrapper
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np

_BLAS = "scipy.linalg.cython_blas"
_PACKAGE = Path(__file__).resolve().parent
_MARK = b"\n@compiled\n"
_LOADING = threading.Lock()
"""Several threads may make their first call at once, and one module is hidden meanwhile."""


@cache
def _numba() -> Any:
    """numba, as it is used here."""
    with _LOADING:
        _load_without_blas()
    import numba
    from numba import types
    from numba.extending import typeof_impl

    numba.config.CACHE_DIR = str(_keep_in(kept_in()))
    # One compiled function may call another: numba sees the dispatcher in its place.
    typeof_impl.register(_Compiled)(lambda one, _context: types.Dispatcher(one.dispatcher))
    return numba


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


def sources_stamp(package: Path) -> str:
    """What all functions of a package that are compiled say: a hash of their modules."""
    texts = (path.read_bytes() for path in sorted(package.rglob("*.py")))
    return hashlib.sha256(b"".join(text for text in texts if _MARK in text)).hexdigest()[:16]


@cache
def kept_in() -> Path:
    """The folder of the machine code, beside the sources or where NUMBA_CACHE_DIR says, named after all
    compiled sources: numba itself looks for changes in a function's own module only, but what that calls is
    compiled into it."""
    folder = Path(os.environ.get("NUMBA_CACHE_DIR") or _PACKAGE / "__pycache__")
    return folder / f"code-{sources_stamp(_PACKAGE)}"


def _keep_in(folder: Path) -> Path:
    """The folder itself; those of earlier sources go."""
    if not folder.exists():
        for earlier in folder.parent.glob("code-*"):
            shutil.rmtree(earlier, ignore_errors=True)
    return folder


class _Compiled:
    """A function that is compiled by its first call."""

    def __init__(self, function: Callable[..., object]) -> None:
        update_wrapper(self, function)
        self.function = function

    def __call__(self, *given: Any) -> Any:
        return self.dispatcher(*given)

    @cached_property
    def dispatcher(self) -> Any:
        """The same as numba calls it."""
        try:
            return _numba().njit(cache=True, nogil=True)(self.function)
        except RuntimeError:  # numba finds no folder that it may write to
            return _numba().njit(nogil=True)(self.function)

    @property
    def name(self) -> str:
        """As numba's files begin."""
        return f"{self.function.__module__.rpartition('.')[2]}.{self.function.__qualname__}"


F = TypeVar("F", bound=Callable[..., object])

_FUNCTIONS: list[_Compiled] = []
"""All that are compiled."""


def compiled(function: F) -> F:
    """Compile on the first call; the machine code is kept on disk, beside the source or in the user's cache.

    Only plain loops over numpy arrays and numbers: see numba's `njit`. Other threads run meanwhile. Where
    nothing may be written it is compiled anew by every process.
    """
    made = _Compiled(function)
    _FUNCTIONS.append(made)
    return cast(F, made)


def to_compile() -> bool:
    """Whether machine code is still to be made that the next process finds on disk, as on the first run."""
    return bool(not_compiled())


def not_compiled() -> list[str]:
    """The functions of which there is no machine code on disk, with their modules; none where nothing may be
    written."""
    folder = kept_in()
    if not _may_be_written(folder):
        return []
    known = {index.name.partition("-")[0] for index in folder.glob("*/*.nbi")}
    return [function.name for function in _FUNCTIONS if function.name not in known]


def _may_be_written(folder: Path) -> bool:
    there = next(place for place in (folder, *folder.parents) if place.exists())
    return os.access(there, os.W_OK)


_ONES, _PAIRS, _FOURS, _EIGHTS = (np.uint64(mask) for mask in (
    0x5555555555555555, 0x3333333333333333, 0x0F0F0F0F0F0F0F0F, 0x0101010101010101))  # fmt: skip
_ONE, _TWO, _FOUR, _LAST = (np.uint64(shift) for shift in (1, 2, 4, 56))


@compiled
def set_bits(number: Any) -> Any:
    """How many bits of a uint64 are set, int64: counted in pairs, fours and eights, and added by a
    multiplication (Warren, Hacker's Delight, 5-1), which the compiler makes one instruction of."""
    number -= (number >> _ONE) & _ONES
    number = (number & _PAIRS) + ((number >> _TWO) & _PAIRS)
    number = (number + (number >> _FOUR)) & _FOURS
    return np.int64((number * _EIGHTS) >> _LAST)


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
