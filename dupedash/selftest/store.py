"""The last self-test of each collection, kept in the workspace."""

from __future__ import annotations

import json

from dupedash.config import Workspace
from dupedash.errors import ConfigError
from dupedash.selftest.result import SelfTest
from dupedash.storage import atomic


def keep(workspace: Workspace, collection: str, result: SelfTest) -> None:
    """Keep it in place of an earlier one of this collection. Raises OSError, Forbidden."""
    workspace.must_write()
    workspace.selftests.mkdir(parents=True, exist_ok=True)
    atomic.write(workspace.selftests / f"{collection}.json", json.dumps(result.to_json()))


def kept(workspace: Workspace, collection: str) -> SelfTest | None:
    """The last one of a collection; None where there is none. Raises ConfigError where it is damaged."""
    path = workspace.selftests / f"{collection}.json"
    try:
        return SelfTest.of_json(json.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigError(f"{path} is damaged ({error}): delete it and run the self-test again.") from error
