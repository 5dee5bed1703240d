"""The other end of `pool`: reads tasks from stdin, answers on stdout, ends when nobody asks any more."""

from __future__ import annotations

import contextlib
import importlib
import math
import os
import pickle
import sys
import time
from collections.abc import Sequence
from functools import partial
from typing import Any

import cv2

from dupedash.errors import DupedashError
from dupedash.system import signals
from dupedash.workers.pool import Bounds, WorkerLost, receive, send

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]


def main() -> None:
    """Call the functions that are named, and serve."""
    signals.leave_interrupts_to_parent()
    cv2.setNumThreads(1)
    serve(sys.argv[1:])


def serve(named: Sequence[str] = ()) -> None:
    """Call the functions "module:name", then do what is asked until stdin is closed."""
    tasks, answers = os.fdopen(0, "rb", closefd=False), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not get between the answers
    for function in named:
        _called(function)
    with contextlib.suppress(EOFError, BrokenPipeError):
        function, prepare, bounds = pickle.loads(receive(tasks))
        first = () if prepare is None else (prepare(),)
        _bound_memory(bounds)
        send(answers, b"ready")
        while True:
            task = receive(tasks)
            _bound_time(bounds)
            send(answers, pickle.dumps(_answer(partial(function, *first), task, bounds)))
    with contextlib.suppress(BrokenPipeError):  # whoever asked is gone, and nobody needs to hear of it
        answers.close()


def _called(named: str) -> None:
    """Call the function "module:name"; what it brings is wanted for later."""
    module, name = named.split(":")
    getattr(importlib.import_module(module), name)()


def _answer(function: Any, task: bytes, bounds: Bounds) -> tuple[bool, Any]:
    try:
        return True, function(pickle.loads(task))
    except DupedashError as error:
        return False, error
    except (MemoryError, cv2.error) as error:
        if isinstance(error, cv2.error) and getattr(error, "code", 0) != cv2.Error.StsNoMem:
            raise
        return False, WorkerLost(f"needs more than {(bounds.memory or 0) / 2**30:.1f} GB of memory")


def _bound_memory(bounds: Bounds) -> None:
    if resource is not None and bounds.memory is not None:
        _limit(resource.RLIMIT_DATA, bounds.memory)


def _bound_time(bounds: Bounds) -> None:
    """From now on; the system ends the process (SIGXCPU) at a whole second."""
    if resource is not None and bounds.seconds is not None:
        _limit(resource.RLIMIT_CPU, math.ceil(time.process_time() + bounds.seconds))


def _limit(what: int, value: int) -> None:
    _, hard = resource.getrlimit(what)
    with contextlib.suppress(ValueError, OSError):  # a system that keeps no such limit
        resource.setrlimit(what, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


if __name__ == "__main__":
    main()
