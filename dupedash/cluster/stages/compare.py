"""Compare the candidates: every picture goes once to each block in which it is a candidate's other half."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from dupedash.cluster.progress import tell_done
from dupedash.cluster.stages import candidates, pictures
from dupedash.cluster.stages.exchange import Pieces
from dupedash.cluster.stages.identical import sides_of
from dupedash.cluster.stages.pictures import Picture
from dupedash.dataset.layout import MATCHES
from dupedash.dataset.places import Place
from dupedash.embedded.compare import pairs
from dupedash.embedded.describe.descriptor import Descriptor
from dupedash.embedded.describe.soundness import check_thumbs
from dupedash.embedded.run.blocks import PictureMatch
from dupedash.embedded.run.join import documents
from dupedash.embedded.store.snapshot import DAMAGED
from dupedash.groups.kinds import LEAST_ALIKE
from dupedash.model import ChangeKind, Failure
from dupedash.scans.tables.columns import encode_matches
from dupedash.scans.tables.parts import Account, described

STAGE = "comparing candidates"


@dataclass(frozen=True, slots=True)
class Compared:
    """A block as it was written."""

    block: int
    matches: int


@dataclass(frozen=True, slots=True, eq=False)
class Compare:
    """The whole stage: block → blocks of the others → block again. `starts` as in `Candidates`; `turn`: the
    blocks of this round, whose tasks are numbered by their places in it."""

    out: Place
    work: str
    starts: np.ndarray
    floor: float
    without: tuple[ChangeKind, ...]
    turn: tuple[int, ...] = ()

    def start(self, block: int) -> Pieces:
        """Ask the other blocks for their pictures."""
        asked = candidates.read(self.out, self.work, block)
        others = np.unique([other for _, other in asked]).astype(np.int64)
        home = np.searchsorted(self.starts, others, "right") - 1
        for number in np.unique(home).tolist():
            if number != block:
                yield number, (block, others[home == number])

    def fetch(self, here: int, asked: Sequence[tuple[int, np.ndarray]]) -> Pieces:
        """Send each block what it asks for."""
        if not asked:
            return
        some, first = pictures.read(self.out, self.work, here), int(self.starts[here])
        for block, numbers in asked:
            yield self.turn.index(block), {int(n): some[int(n) - first] for n in numbers}

    def end(self, place: int, pieces: Sequence[Mapping[int, Picture]]) -> Compared:
        """Compare a block's candidates and write the matches."""
        cv2.setNumThreads(1)  # there are as many tasks as processors
        here = self.turn[place]
        known = dict(enumerate(pictures.read(self.out, self.work, here), int(self.starts[here])))
        for piece in pieces:
            known |= piece
        failed: dict[int, str] = {}
        asked = candidates.read(self.out, self.work, here)
        count = int(self.starts[here + 1] - self.starts[here])
        found = list(
            _judged(asked, known, self.floor, self.without, failed, lambda part: tell_done(int(part * count)))
        )
        sides = sides_of({one.name: one.members for one in known.values()})
        names = {number: one.name for number, one in known.items()}
        table = encode_matches(documents(found, names, sides))
        failures = [
            Failure(image_id, reason)
            for number, reason in failed.items()
            for image_id, _, side, _ in known[number].members
            if side
        ]
        account = Account(here, len(known), failures=tuple(failures))
        self.out.put_table(f"{self.work}/{MATCHES}/{here}.parquet", described(table, account))
        pairs.forget()
        tell_done(count)
        return Compared(here, len(table))


def _judged(
    asked: Mapping[tuple[int, int], pairs.Ways], known: Mapping[int, Picture], floor: float,
    without: tuple[ChangeKind, ...], failed: dict[int, str], told: Callable[[float], None],
) -> Iterator[PictureMatch]:  # fmt: skip
    """The pairs that match, each seen from the picture with the smaller id; why one cannot be compared is put
    into `failed`. `told` hears which share is done."""
    read: dict[int, Descriptor] = {}
    for place, (pair, ways) in enumerate(asked.items()):
        told(place / len(asked))
        one, other = sorted(pair, key=lambda number: known[number].members[0][0])
        if one in failed or other in failed:
            continue
        try:
            for number in pair:
                if number not in read:
                    read[number] = known[number].descriptor
            several = max(len(known[number].members) for number in pair) > 1
            least = _least(known[one], known[other], floor)
            yield from _match(one, other, (read[one], read[other]), ways, least, without, several)
        except (ValueError, ArithmeticError, LookupError, cv2.error) as error:
            for number in [n for n in pair if n not in read or not _whole(read[n])] or [pair[0]]:
                failed[number] = f"{DAMAGED} ({error})"


def _least(one: Picture, other: Picture, floor: float) -> float:
    """The score from which on two pictures are told."""
    return min(floor, LEAST_ALIKE) if one.series == other.series >= 0 else floor


def _match(
    one: int, other: int, both: tuple[Descriptor, Descriptor], ways: pairs.Ways, least: float,
    without: tuple[ChangeKind, ...], several: bool,
) -> Iterator[PictureMatch]:  # fmt: skip
    a, b = both
    judged = pairs.judge(a, b, ways, without)
    if judged.score >= least:
        back = judged.reversed().explanation(b, a) if several else None
        yield PictureMatch(one, other, judged.score, judged.explanation(a, b), back)


def _whole(descriptor: Descriptor) -> bool:
    try:
        check_thumbs(descriptor)
    except ValueError:
        return False
    return True
