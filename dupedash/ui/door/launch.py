"""What is looked at before the dashboard starts: its address, its port, its data folder, who may come in."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping

from dupedash.config import settings
from dupedash.errors import ConfigError
from dupedash.storage import folder
from dupedash.ui.door.access import resolve

_ADDRESS, _PORT = "127.0.0.1", "8501"


def options(environment: Mapping[str, str] | None = None) -> dict[str, str | int]:
    """Streamlit's options from DUPEDASH_ADDRESS and DUPEDASH_PORT.

    Raises ConfigError for whatever would end the start with a traceback.
    """
    env = os.environ if environment is None else environment
    address, port = _address(env), _port(env)
    instance = settings(environment=env)
    if not instance.readonly:
        folder.make(instance.workspace)
    resolve(instance, address, port, env.get("DUPEDASH_HOSTS", ""))
    return {"server.address": address, "server.port": port}


def _port(env: Mapping[str, str]) -> int:
    """Else 8501; 0 takes a free one."""
    text = env.get("DUPEDASH_PORT") or _PORT
    if not (text.isascii() and text.isdecimal()) or int(text) > 65535:
        raise ConfigError(f"DUPEDASH_PORT={text!r} is not a port: use a number from 0 to 65535.")
    return int(text)


def _address(env: Mapping[str, str]) -> str:
    address = env.get("DUPEDASH_ADDRESS") or _ADDRESS
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family) as attempt:
            attempt.bind((address, 0))
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"DUPEDASH_ADDRESS={address!r} is not an address of this machine ({error}): use 127.0.0.1 for "
            "this machine only, 0.0.0.0 for all networks, or the address of one network card."
        ) from error
    return address
