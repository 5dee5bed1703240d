"""What `make` does, on every system: `python -m dupedash.setup run`, `test`, `check`, `bench`, `dist` …

It makes the environment of a clone, installs what the target needs where that changed, and runs it. Only the
standard library is imported: nothing else is there yet.
"""

from __future__ import annotations

import argparse
import os
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
Step = tuple[str, ...]
AT_ONCE = (os.cpu_count() or 1) + 1
"""Processes that test: one more than there are processors has something to do while others wait. More of them
open more browsers at once, which take longer side by side."""
PYTEST: Step = ("-m", "pytest", "-n", str(AT_ONCE), "--dist", "loadfile", "--no-loadscope-reorder")
CHECKS: tuple[Step, ...] = (
    ("-m", "ruff", "check", "."),
    ("-m", "mypy", "--num-workers", "auto"),
    ("-m", "pytest", "tests/test_layers.py"),
)
REWRITE: Step = ("-m", "pytest", "--collect-only", "-p", "no:terminal", "-o", "addopts=")
"""pytest rewrites the modules and keeps them: else each process that tests would, for nine seconds."""
READY: tuple[Step, ...] = (("-m", "tests.chromium"), ("-m", "tests.machine_code"), REWRITE)


@dataclass(frozen=True)
class Target:
    """What it installs first, and what it then runs with the environment's Python.

    beside   side by side; what each says is printed at its end, and what fails stops nothing
    steps    then, one after the other, the last one in our place
    """

    needs: tuple[str, ...]
    beside: tuple[Step, ...] = ()
    steps: tuple[Step, ...] = ()


TARGETS = {
    "run": Target(RUNTIME, steps=(("-m", "dupedash"),)),
    "test": Target(TESTS, READY, (PYTEST,)),
    "check": Target(TESTS, CHECKS),
    "ci": Target(TESTS, CHECKS + READY, (PYTEST,)),
    "bench": Target(RUNTIME, steps=(("-m", "dupedash", "bench"),)),
    "dist": Target((), steps=(("-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", "dist", "."),)),
    "cluster-demo": Target(DASK, steps=(("-m", "dupedash.cluster.demo"), ("-m", "dupedash"))),
    "pictures": Target(TESTS, steps=(("-m", "tools.pictures"),)),
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
    # Where it is set, all that starts here would compile its modules anew, hundreds of times in the tests.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    program = prepared(environment(ROOT), wanted.needs)
    failed = side_by_side(program, wanted.beside)
    for step in wanted.steps if failed else wanted.steps[:-1]:
        if code := subprocess.run([program, *step], cwd=ROOT).returncode:
            return code
    return become([program, *wanted.steps[-1]], ROOT) if wanted.steps and not failed else failed


def side_by_side(program: str, steps: tuple[Step, ...]) -> int:
    """Run them at once and print what each said, in this order; the exit code of the first that failed."""
    out, err = subprocess.PIPE, subprocess.STDOUT
    running = [subprocess.Popen([program, *step], cwd=ROOT, stdout=out, stderr=err) for step in steps]
    failed = 0
    for step, process in zip(steps, running, strict=True):
        said, _ = process.communicate()
        print(f"{' '.join(step[1:])}\n{said.decode(errors='replace')}", flush=True)
        failed = failed or process.returncode
    return failed


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
