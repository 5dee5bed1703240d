"""What `make` does, on every system: `python -m dupedash.setup run`, `test`, `check`, `bench`, `dist` …

It makes the environment of a clone, installs what the target needs where that changed, and runs it. Only the
standard library is imported: nothing else is there yet.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from dupedash.system.programs import become, python_in, version_of

ROOT = Path(__file__).resolve().parents[1]
OLDEST = (3, 11)  # as `requires-python` in pyproject.toml
RUNTIME, TESTS = ("requirements.txt",), ("requirements.txt", "requirements-dev.txt")
DASK = ("requirements.txt", "requirements-dask.txt")
PYTEST = ("-m", "pytest", "-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder")
LAYERS = ("-m", "pytest", "tests/test_layers.py")


@dataclass(frozen=True)
class Target:
    """What it installs first, and what it then runs with the environment's Python, one after the other."""

    needs: tuple[str, ...]
    steps: tuple[tuple[str, ...], ...] = ()


TARGETS = {
    "run": Target(RUNTIME, (("-m", "dupedash"),)),
    "test": Target(TESTS, (("-m", "tests.chromium"), PYTEST)),
    "check": Target(TESTS, (("-m", "ruff", "check", "."), ("-m", "mypy"), LAYERS)),
    "bench": Target(RUNTIME, (("-m", "dupedash", "bench"),)),
    "dist": Target(TESTS, (("-m", "hatchling", "build", "-t", "wheel"),)),
    "cluster-demo": Target(DASK, (("-m", "dupedash.cluster.demo"), ("-m", "dupedash"))),
    "pictures": Target(TESTS, (("-m", "tools.pictures"),)),
    "setup": Target(RUNTIME),
}
MADE = (".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", "dist")


def main(arguments: list[str] | None = None) -> int:
    """Do what one target asks for; the exit code of what failed comes back."""
    parser = argparse.ArgumentParser(prog="python -m dupedash.setup", description=str(__doc__).split("\n")[0])
    parser.add_argument("target", choices=[*TARGETS, "clean"])
    target = parser.parse_args(arguments).target
    if target == "clean":
        return clean()
    wanted = TARGETS[target]
    program = prepared(environment(ROOT), wanted.needs)
    for step in wanted.steps[:-1]:
        if code := subprocess.run([program, *step], cwd=ROOT).returncode:
            return code
    return become([program, *wanted.steps[-1]], ROOT) if wanted.steps else 0


def environment(root: Path) -> Path:
    """The folder of the environment for this Python: `.venv`, or one of its own where that has another."""
    usual, own = root / ".venv", sys.version_info[:2]
    return usual if version_of(usual) in (None, own) else root / ".venv-{}.{}".format(*own)


def prepared(folder: Path, needed: tuple[str, ...]) -> str:
    """The environment's Python, with all that these files name."""
    program = python_in(folder)
    if not program.exists():
        print(f"Creating the environment in {folder.name} …", flush=True)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    for file in needed:
        _install(program, file, folder / f".{file}")
    return str(program)


def _install(program: Path, file: str, noted: Path) -> None:
    """Install what the file names, unless it says what it said then."""
    wanted = (ROOT / file).read_text("utf-8")
    if noted.exists() and noted.read_text("utf-8") == wanted:
        return
    print(f"Installing what {file} names (a minute or two, once) …", flush=True)
    quiet = ("--quiet", "--disable-pip-version-check")
    subprocess.run([program, "-m", "pip", "install", *quiet, "-r", file], cwd=ROOT, check=True)
    noted.write_text(wanted, "utf-8")


def clean() -> int:
    """Remove every environment, cache and wheel."""
    for folder in [*ROOT.glob(".venv*"), *(ROOT / name for name in MADE)]:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    if sys.version_info[:2] < OLDEST:
        needed = "dupedash needs Python {}.{} or newer; say which with: make PYTHON=python3.12 run"
        sys.exit(needed.format(*OLDEST))
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)
