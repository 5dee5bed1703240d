"""The pictures in the order in which an index has them, in blocks: each once, with its images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from dupedash.cluster.scope import AGAINST, SCOPE, Scope
from dupedash.cluster.stages.exchange import Pieces
from dupedash.cluster.stages.identical import MEMBERS, Member, groups_of, members_of, picture_of
from dupedash.cluster.stages.series import series_of
from dupedash.dataset.layout import DESCRIBED, PICTURES
from dupedash.dataset.places import Place
from dupedash.embedded.describe.descriptor import Descriptor, digest
from dupedash.embedded.describe.soundness import sound
from dupedash.embedded.store.snapshot import DAMAGED
from dupedash.model import Failure
from dupedash.scans.tables.columns import IMAGES, decode_record

STAGE = "putting pictures in order"
_COLUMNS = [*IMAGES.names[:11], "version", "descriptor"]

_PICTURE = pa.schema(
    [
        pa.field("digest", pa.binary(16)),
        pa.field("picture", pa.string()),
        pa.field("ids", pa.list_(pa.string())),
        pa.field("contents", pa.list_(pa.string())),
        pa.field("sides", pa.list_(pa.int8())),
        pa.field("series", pa.list_(pa.int64())),
        pa.field("descriptor", pa.large_binary()),
    ]
)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that can be compared; `digest` (16 bytes) gives its place, `members` by id."""

    digest: bytes
    name: str
    members: tuple[Member, ...]
    data: bytes

    @property
    def sides(self) -> int:
        """Those of any of its members."""
        bits = 0
        for member in self.members:
            bits |= member[2]
        return bits

    @property
    def series(self) -> int:
        """That of the first of its members which has one, -1 for none."""
        return next((member[3] for member in self.members if member[3] >= 0), -1)

    @property
    def descriptor(self) -> Descriptor:
        """Raises ValueError where it is damaged."""
        return sound(self.data)


@dataclass(frozen=True, slots=True)
class Placed:
    """A block as it was written."""

    block: int
    pictures: int
    failures: tuple[Failure, ...]


@dataclass(frozen=True, slots=True)
class Pictures:
    """The whole stage: chunk → block."""

    out: Place
    work: str
    scope: Scope
    blocks: int

    def start(self, numbered: tuple[int, str]) -> Pieces:
        """The pictures of a chunk, to where they belong."""
        number, chunk = numbered
        found: dict[int, list[Picture | Failure]] = {}
        for one in self._of(number, chunk):
            block = 0 if isinstance(one, Failure) else block_of(one.digest, self.blocks)
            found.setdefault(block, []).append(one)
        return found.items()

    def _of(self, number: int, chunk: str) -> list[Picture | Failure]:
        groups = groups_of(self.out, self.work, number)
        rows = self.out.table(f"{DESCRIBED}/{chunk}.parquet", _COLUMNS).to_pylist()
        sides = self.scope.sides([decode_record(row) for row in rows])
        series = series_of(self.out, self.work, number)
        found: list[Picture | Failure] = []
        for row, side in zip(rows, sides, strict=True):
            if row["skipped"] is not None or row["content"] is None:
                continue
            name, alone = picture_of(row), (row["id"], row["content"], side, series.get(row["id"], -1))
            stands, members = groups.get(name, (row["id"], [alone]))
            if stands == row["id"]:
                found += _picture(name, members, row["descriptor"])
        return found

    def end(self, here: int, pieces: Sequence[list[Picture | Failure]]) -> Placed:
        """Write a block in its order."""
        everything = [one for piece in pieces for one in piece]
        pictures = [one for one in everything if isinstance(one, Picture)]
        pictures.sort(key=lambda one: (one.digest, one.name))
        write(self.out, self.work, here, pictures)
        failures = tuple(one for one in everything if isinstance(one, Failure))
        return Placed(here, len(pictures), failures)


def block_of(key: bytes, blocks: int) -> int:
    """Digests are as good as evenly spread: the block of one."""
    return int.from_bytes(key[:4], "big") * blocks >> 32


def _picture(name: str, members: Sequence[Member], data: bytes) -> list[Picture | Failure]:
    """The picture, or failures of the images that show it where its description is damaged."""
    try:
        key = digest(sound(data))
    except ValueError:
        return [Failure(image_id, DAMAGED) for image_id, _, side, _ in members if side & (SCOPE | AGAINST)]
    return [Picture(key, name, tuple(members), data)]


def write(out: Place, work: str, block: int, pictures: Sequence[Picture]) -> None:
    """A block to its file."""
    rows = [
        {
            "digest": one.digest,
            "picture": one.name,
            **{name: [member[place] for member in one.members] for place, name in enumerate(MEMBERS)},
            "descriptor": one.data,
        }
        for one in pictures
    ]
    out.put_table(f"{work}/{PICTURES}/{block}.parquet", pa.Table.from_pylist(rows, _PICTURE), 128)


def read(out: Place, work: str, block: int) -> list[Picture]:
    """A block in its order."""
    rows = out.table(f"{work}/{PICTURES}/{block}.parquet").to_pylist()
    return [Picture(row["digest"], row["picture"], tuple(members_of(row)), row["descriptor"]) for row in rows]
