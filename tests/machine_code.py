"""Compiles what the tests call, once for all their processes: `python -m tests.machine_code`."""

from __future__ import annotations

import sys

from dupedash.compiled import not_compiled, to_compile
from dupedash.embedded.run.warm import compile_all


def main() -> None:
    """As the first scan of all does. It ends with an error where that leaves anything to be compiled."""
    if to_compile():
        compile_all()
    if left := not_compiled():
        sys.exit(f"compile_all() in embedded/run/warm.py calls none of these: {', '.join(left)}")


if __name__ == "__main__":
    main()
