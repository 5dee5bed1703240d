"""Progress on stderr: one line that is updated, or plain lines where nobody watches a terminal."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass, field
from time import monotonic
from typing import TextIO

from dupedash.model import Progress

TERMINAL_SECONDS = 0.2  # between two drawings of the line: more often is flicker
LOG_SECONDS = 5.0  # between two lines where the output is a file


@dataclass(slots=True)
class ProgressLine:
    """Shows every report that comes late enough after the one before; the last one of a stage always."""

    stream: TextIO = field(default_factory=lambda: sys.stderr)
    _shown: float = -LOG_SECONDS
    _last: Progress | None = None
    _stage: str = ""
    _open: bool = False

    def __call__(self, progress: Progress) -> None:
        if self._stage != progress.stage:
            self._finish_stage()
        self._stage, self._last = progress.stage, progress
        pause = TERMINAL_SECONDS if self.stream.isatty() else LOG_SECONDS
        if monotonic() - self._shown >= pause:
            self._show(progress)

    def __enter__(self) -> ProgressLine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """The line is done: what is written next begins below it."""
        self._finish_stage()

    def _finish_stage(self) -> None:
        if self._last is not None:
            self._show(self._last)
        if self._open:
            self.stream.write("\n")
        self.stream.flush()
        self._open, self._shown = False, -LOG_SECONDS

    def _show(self, progress: Progress) -> None:
        self._shown, self._last = monotonic(), None
        line = words(progress)
        if self.stream.isatty():
            width = shutil.get_terminal_size().columns - 1
            self.stream.write(f"\r{line[:width]:<{width}}")
            self._open = True
        else:
            self.stream.write(line + "\n")
        self.stream.flush()


def words(progress: Progress) -> str:
    """One line: "searching 1,200 of 5,000 (24 %), 95/s, 40 s left, 310 matches, 96 groups"."""
    p = progress
    parts = [f"{p.stage} {p.done:,}"]
    if p.total:
        parts = [f"{p.stage} {p.done:,} of {p.total:,} ({p.done / p.total:.0%})"]
    if p.rate >= 0.05:  # else it would be told as 0.0
        parts.append(f"{p.rate:,.0f}/s" if p.rate >= 10 else f"{p.rate:.1f}/s")
    if p.left:
        parts.append(f"{duration(p.left)} left")
    counted = ((p.matches, "matches"), (p.groups, "groups"), (p.failures, "not readable or failed"))
    parts += [f"{count:,} {name}" for count, name in counted if count]
    return ", ".join(parts)


def duration(seconds: float) -> str:
    """ "0.4 s", "40 s", "3 min 20 s", "2 h 5 min"."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
