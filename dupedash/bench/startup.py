"""How long our programs take to start, beside `import streamlit`: a busy machine slows both.

Each is started in a process of its own over an empty workspace; the best of some starts counts.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, sleep

import psutil

from dupedash.config import Workspace
from dupedash.errors import ConfigError
from dupedash.system.home import HOME

TIMES = 2  # starts of each: the first one reads from the disk
_ASKED_AGAIN = 0.02  # seconds between two looks whether the dashboard answers
_REFERENCE = ("-c", "import streamlit")
_ADDRESS = re.compile(r"http://\S+:(\d+)/")


@dataclass(frozen=True, slots=True)
class StartFigures:
    """Wall-clock seconds of each program, from its start to its end; of the dashboard until it answers."""

    streamlit: float
    help: float
    status: float
    dashboard: float


def measure_starts(workspace: Workspace) -> StartFigures:
    """Start each of them. `workspace` has a collection, so that `status` has something to tell."""
    data = ("--data", str(workspace.root))
    return StartFigures(
        _best(_REFERENCE),
        _best(("-m", "dupedash", "--help")),
        _best(("-m", "dupedash", *data, "status")),
        min(_dashboard(workspace.root) for _ in range(TIMES)),
    )


@contextmanager
def served(root: Path) -> Iterator[tuple[str, psutil.Process]]:
    """A dashboard over this workspace on a free port: its address, and its process. Raises ConfigError."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("DUPEDASH_", "STREAMLIT_"))}
    environment = {**clean, "DUPEDASH_DATA": str(root), "DUPEDASH_PORT": "0"}
    command = [sys.executable, str(HOME / "app.py")]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            address = next((found for line in process.stdout if (found := _ADDRESS.search(line))), None)
            if address is None:
                raise ConfigError("The dashboard for the bench did not start: see what it said above.")
            yield f"http://127.0.0.1:{address[1]}", psutil.Process(process.pid)
        finally:
            process.terminate()


def _best(words: Sequence[str]) -> float:
    return min(_seconds(words) for _ in range(TIMES))


def _seconds(words: Sequence[str]) -> float:
    began = perf_counter()
    subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL)
    return round(perf_counter() - began, 2)


def _dashboard(root: Path) -> float:
    began = perf_counter()
    with served(root) as (address, _process):
        while not _answers(address):
            sleep(_ASKED_AGAIN)
        return round(perf_counter() - began, 2)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/_stcore/health") as answer:
            return bool(answer.status == 200)
    except urllib.error.URLError:
        return False


def start_words(figures: StartFigures) -> str:
    """All of them in a line."""

    def told(name: str, seconds: float) -> str:
        return f"{name} {seconds:.2f} s ({seconds / figures.streamlit:.1f} ×)"

    return (
        f"starts: import streamlit {figures.streamlit:.2f} s (1 ×), {told('--help', figures.help)}, "
        f"{told('status', figures.status)}, {told('dashboard', figures.dashboard)}"
    )
