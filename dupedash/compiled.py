"""Functions over arrays that are compiled to machine code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

F = TypeVar("F", bound=Callable[..., object])


def compiled(function: F) -> F:
    """Compile on the first call; the machine code is kept on disk, beside the source or in the user's cache.

    Only plain loops over numpy arrays and numbers: see numba's `njit`. Other threads run meanwhile. Where
    nothing may be written it is compiled anew by every process.
    """
    try:
        return cast(F, numba.njit(cache=True, nogil=True)(function))
    except RuntimeError:  # numba finds no folder that it may write to
        return cast(F, numba.njit(nogil=True)(function))


@intrinsic  # type: ignore[untyped-decorator]
def _ones(_context: Any, number: Any) -> Any:
    """How many bits of a uint64 are set."""

    def generate(_ctx: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.call(builder.module.declare_intrinsic("llvm.ctpop", [ir.IntType(64)]), arguments)

    return types.int64(number), generate


@compiled
def differing_bits(a: np.ndarray, b: np.ndarray) -> int:
    """In how many bits two rows of uint64 differ: one instruction a word."""
    bits = 0
    for word in range(len(a)):
        bits += _ones(a[word] ^ b[word])
    return bits
