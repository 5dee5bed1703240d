"""The commands: `python -m dupedash [--data DIR] [--collection NAME] [--url FLOW_URL] COMMAND`."""

from dupedash.cli.main import main

__all__ = ["main"]
