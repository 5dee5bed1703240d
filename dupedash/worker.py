"""The other end of `workers`: reads tasks from stdin, answers on stdout, ends when nobody asks any more."""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import sys
from typing import Any

import cv2

from dupedash.errors import DupedashError
from dupedash.workers import receive, send


def main() -> None:
    """Serve until stdin is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business
    cv2.setNumThreads(1)
    tasks, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not get between the answers
    with contextlib.suppress(EOFError, BrokenPipeError):
        function, prepare = pickle.loads(receive(tasks))
        first = () if prepare is None else (prepare(),)
        send(answers, b"ready")
        while True:
            send(answers, pickle.dumps(_answer(function, first, pickle.loads(receive(tasks)))))


def _answer(function: Any, first: tuple[Any, ...], task: Any) -> tuple[bool, Any]:
    try:
        return True, function(*first, task)
    except DupedashError as error:
        return False, error


if __name__ == "__main__":
    main()
