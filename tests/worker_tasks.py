"""What the processes of `test_workers` are asked to do: each of them imports this, so it imports little."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

from dupedash.errors import UnreadableImage


def double(number: int) -> int:
    return 2 * number


def work(task: str) -> object:
    """Do what the task says."""
    if task == "hang":
        time.sleep(60)
    if task == "nap":
        time.sleep(1.5)
    if task == "spin":
        while True:
            pass
    if task == "swallow":
        return bytes(1 << 30)
    if task == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if task == "error":
        raise UnreadableImage("x.png", "damaged")
    if task == "print":
        print("noise on stdout")
    return os.getpid()


def ten() -> int:
    return 10


def add(base: int, number: int) -> int:
    time.sleep(0.05 if number % 2 else 0)
    return base + number


class Unreadable:
    """What one process can send and another cannot read, as after an update that was made meanwhile."""

    def __reduce__(self):
        return int, ("not a number",)


def unreadable(_task: str) -> object:
    return Unreadable()


def parent(task: str) -> tuple[object, int]:
    return work(task), os.getppid()


def surroundings(name: str) -> tuple[str | None, str]:
    return os.environ.get(name), os.getcwd()


def hash_of(text: str) -> int:
    return hash(text)


def a_thread() -> None:
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()


def program(_task: str) -> str:
    return Path("/proc/self/cmdline").read_text().split("\0")[2]
