"""`dupedash` and `python -m dupedash`: see `dupedash.cli`."""

import os
import sys

from dupedash.cli import main
from dupedash.system import utf8


def _complete_streams() -> None:
    """A stream that was closed leads nowhere: the next file that is opened must not be taken for it."""
    for descriptor, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            stream = open(os.devnull, "r" if name == "stdin" else "w", encoding="utf-8")  # noqa: SIM115
            if stream.fileno() != descriptor:
                os.dup2(stream.fileno(), descriptor)
            setattr(sys, name, stream)


def run() -> None:
    """The command `dupedash`, and `python -m dupedash`."""
    utf8.insist()
    _complete_streams()
    sys.exit(main())


if __name__ == "__main__":
    run()
