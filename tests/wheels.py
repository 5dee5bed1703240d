"""The wheel as a user gets it: built from this tree and installed where no file of the clone is found."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Installed:
    """The wheel, and the folder that it was installed into. Its requirements are those of the tests."""

    wheel: Path
    site: Path

    @property
    def command(self) -> str:
        """The program `dupedash`."""
        return str(next((self.site / "bin").glob("dupedash*")))

    @property
    def environment(self) -> dict[str, str]:
        """What the program needs to be found, with a home of its own."""
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("DUPEDASH_", "STREAMLIT_", "XDG_"))}
        home = str(self.site.parent / "home")
        return {**clean, "PYTHONPATH": str(self.site), "HOME": home, "USERPROFILE": home}

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """What the command says."""
        return self._said(self.command, *words)

    def python(self, *words: str) -> subprocess.CompletedProcess[str]:
        """What a Python says that finds the package."""
        return self._said(sys.executable, *words)

    def _said(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=self.site.parent, env=self.environment, capture_output=True, text=True
        )


def install(folder: Path) -> Installed:
    """Build the wheel and install it below the folder, without the network."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    wheel = next(folder.glob("*.whl"))
    alone = ("--quiet", "--no-deps", "--no-index", "--no-compile", "--target", str(folder / "site"))
    subprocess.run([sys.executable, "-m", "pip", "install", *alone, str(wheel)], cwd=folder, check=True)
    return Installed(wheel, folder / "site")
