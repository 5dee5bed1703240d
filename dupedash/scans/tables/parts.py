"""Whole pieces of an unfinished scan: a Parquet file each, with an account of what it covers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dupedash.model import Failure
from dupedash.scans.tables.columns import damaged, opened, write_table

CARRIED = -1
"""The number of the part that holds the matches of an earlier scan."""
_KEY = b"dupedash"


@dataclass(frozen=True, slots=True)
class Account:
    """What a part adds up to.

    number     its place; `images` searched for it, in `seconds`
    asked      ids that were answered, where images are asked about one by one
    truncated  ids with more hits than could be sent
    """

    number: int
    images: int = 0
    seconds: float = 0.0
    asked: tuple[str, ...] = ()
    truncated: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()


def write_part(folder: Path, table: pa.Table, account: Account) -> None:
    """Write one more part, wholly or not at all."""
    write_table(described(table, account), folder / f"{account.number + 1:06}.parquet")


def described(table: pa.Table, account: Account) -> pa.Table:
    """The table with its account."""
    known = {name: getattr(account, name) for name in ("number", "images", "seconds", "asked", "truncated")}
    known["failures"] = [[failure.what, failure.reason] for failure in account.failures]
    return table.replace_schema_metadata({_KEY: json.dumps(known).encode()})


def part_files(folder: Path) -> Sequence[Path]:
    """The whole parts, in order."""
    return sorted(folder.glob("*.parquet"))


def read_account(path: Path) -> Account:
    """What a part says of itself. Raises ScanError."""
    try:
        with opened(path) as file:
            return account_of(pq.read_schema(file))
    except (OSError, pa.ArrowException, KeyError, TypeError, ValueError) as error:
        raise damaged(path, str(error)) from error


def account_of(schema: pa.Schema) -> Account:
    """The account that `described` put beside a table. Raises KeyError, TypeError, ValueError."""
    known = json.loads((schema.metadata or {})[_KEY])
    lists = {name: tuple(known[name]) for name in ("asked", "truncated")}
    failures = tuple(Failure(*failure) for failure in known["failures"])
    return Account(**{**known, **lists, "failures": failures})
