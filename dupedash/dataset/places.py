"""A folder that may be anywhere: on this machine, or at an address that fsspec knows (s3://, gs://, abfs://)."""

from __future__ import annotations

import io
import os
import re
import shutil
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

import pyarrow as pa
import pyarrow.parquet as pq

from dupedash.errors import ConfigError
from dupedash.images.files import printable
from dupedash.storage import tables

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")  # of two letters at least: C:// is a drive
_FILE = "file://"
EXTRA = "pip install 'dupedash[dask]'"


class Files(Protocol):
    """What is done with the files of one folder. Names are relative, with "/"."""

    def open(self, name: str) -> BinaryIO:
        """To read from, from any place in it. Raises OSError."""

    def put(self, name: str, data: bytes) -> None:
        """Write a file so that it is there wholly or not at all. Raises OSError."""

    def names(self, folder: str) -> list[str]:
        """The names in a folder, sorted; none where there is no such folder."""

    def exists(self, name: str) -> bool:
        """Whether there is such a file."""

    def remove(self, folder: str) -> None:
        """Delete a folder with all that is in it; one that is not there is no error."""


@dataclass(frozen=True, slots=True)
class Place:
    """A folder by its address; it can be sent to other machines."""

    url: str

    @staticmethod
    def of(text: str) -> Place:
        """From a path or address as it is typed. Raises ConfigError."""
        text = text.removeprefix(_FILE)
        if is_address(text):
            _remote(text)
            return Place(text.rstrip("/"))
        return Place(str(Path(text).expanduser().resolve()))

    @property
    def local(self) -> Path | None:
        """The folder where it is one of this machine."""
        return None if is_address(self.url) else Path(self.url)

    @property
    def files(self) -> Files:
        """Its files. Raises ConfigError where what reads them is not installed."""
        return _remote(self.url) if is_address(self.url) else _Local(Path(self.url))

    def below(self, name: str) -> Place:
        """A folder in it."""
        return Place(f"{self.url}/{name}")

    def put_table(self, name: str, table: pa.Table, rows: int = 65_536) -> int:
        """Write a Parquet file with so many rows a group; how many bytes it has. Raises OSError."""
        buffer = io.BytesIO()
        pq.write_table(
            table, buffer, compression="zstd", row_group_size=rows, write_page_checksum=True,
        )  # fmt: skip
        self.files.put(name, buffer.getvalue())
        return buffer.tell()

    def table(self, name: str, columns: Sequence[str] | None = None) -> pa.Table:
        """Read a Parquet file, whole or some columns. Raises OSError, ArrowInvalid where it is damaged."""
        with self.files.open(name) as file:
            return pq.ParquetFile(file, page_checksum_verification=True).read(columns)


def is_address(text: str) -> bool:
    """Whether it is an address and no path."""
    return _ADDRESS.match(text) is not None


@dataclass(frozen=True, slots=True)
class _Local:
    root: Path

    def open(self, name: str) -> BinaryIO:
        return tables.opened(self.root / name)

    def put(self, name: str, data: bytes) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}")  # several workers may write one
        try:
            with temporary.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)

    def names(self, folder: str) -> list[str]:
        place = self.root / folder
        found = (path.name for path in place.iterdir()) if place.is_dir() else ()
        return sorted(name for name in found if not name.startswith("."))

    def exists(self, name: str) -> bool:
        return (self.root / name).is_file()

    def remove(self, folder: str) -> None:
        shutil.rmtree(self.root / folder, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class _Remote:
    """Over an fsspec file system."""

    system: Any
    root: str

    def open(self, name: str) -> BinaryIO:
        return cast(BinaryIO, self.system.open(f"{self.root}/{name}", "rb"))

    def put(self, name: str, data: bytes) -> None:
        self.system.pipe_file(f"{self.root}/{name}", data)

    def names(self, folder: str) -> list[str]:
        try:
            found = self.system.ls(f"{self.root}/{folder}", detail=False, refresh=True)
        except FileNotFoundError:
            return []
        return sorted(name.rstrip("/").rpartition("/")[2] for name in found)

    def exists(self, name: str) -> bool:
        return bool(self.system.exists(f"{self.root}/{name}"))

    def remove(self, folder: str) -> None:
        if self.system.exists(f"{self.root}/{folder}"):
            self.system.rm(f"{self.root}/{folder}", recursive=True)


@lru_cache(64)
def _remote(url: str) -> _Remote:
    system, root = file_system(url)
    return _Remote(system, root)


def file_system(url: str) -> tuple[Any, str]:
    """The fsspec file system of an address, and the path in it. Raises ConfigError."""
    try:
        from fsspec.core import url_to_fs
    except ImportError:
        raise ConfigError(f"{printable(url)} is read by fsspec, which is not installed: {EXTRA}.") from None
    try:
        system, root = url_to_fs(url)
    except (ImportError, ValueError) as error:  # it names the package that is missing
        raise ConfigError(f"{printable(url)} cannot be opened: {error}.") from error
    return system, str(root)
