"""The exit codes that other programs rely on."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """What a command tells the program that called it. DUPLICATE: `check` found at least one."""

    DONE = 0
    FAILURE = 1
    WRONG_USE = 2
    NOT_REACHABLE = 3
    DUPLICATE = 4
    INTERRUPTED = 130
