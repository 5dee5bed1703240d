"""A small collection of real files and what is planned over it, for the tests of what changes files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dupedash.actions import (
    Head,
    Journal,
    StepKind,
    Wish,
    apply_plan,
    draw_plan,
    groups_to_clear,
    undo_plan,
)
from dupedash.config import Workspace
from dupedash.groups.graph import Matches
from dupedash.keepers import Criterion, Policy, Rule
from dupedash.review import Decisions
from tests.tiny_collection import TinyCollection

LARGEST = Policy("largest", (Criterion(Rule.BYTES),))
FILE_KINDS = [StepKind.QUARANTINE, StepKind.HARDLINK, StepKind.SYMLINK]


class Place:
    """A folder of files, the collection of them and a workspace, all real."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / "pictures"
        self.workspace = Workspace(root / "data")
        self.collection = TinyCollection(self.folder, root / "tiny.json")

    def fill(self, names, **fields):
        """Files named a, b, … of falling size, with odd times and permissions."""
        for number, name in enumerate(names):
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(os.fsencode(path.name) * (40 - number))
            path.chmod(0o640 if number % 2 else 0o604)
            os.utime(path, ns=(1_500_000_000_123_456_789 + number, 1_400_000_000_987_654_321 + number))
        for folder in (self.folder, *(p for p in self.folder.rglob("*") if p.is_dir())):
            os.utime(folder, ns=(1_300_000_000_000_000_001, 1_300_000_000_000_000_001))
        self.collection.index(**fields)
        return self

    def plan(self, *pairs, decisions=None, **wish):
        wish.setdefault("policy", LARGEST)
        matches = Matches.of([(a, b, 0.97) for a, b in pairs])
        groups = groups_to_clear(matches, 0.7, self.collection, decisions or Decisions())
        return draw_plan(groups, Wish(**wish), Head.now(self.collection, "scan-1", 0.7))

    def journal(self, *pairs, **wish):
        return Journal.create(self.workspace, self.plan(*pairs, **wish))

    def apply(self, journal, **how):
        return apply_plan(journal, self.collection, self.workspace, **how)

    def undo(self, journal, **how):
        return undo_plan(journal, self.collection, self.workspace, **how)

    def reopen(self):
        """As after a restart."""
        self.collection = TinyCollection(self.folder, self.root / "tiny.json")

    def look(self):
        """Everything there is: bytes, names, times, permissions, folders' times, documents."""
        files = {}
        for path in sorted([self.folder, *self.folder.rglob("*")]):
            found = path.lstat()
            data = b"" if path.is_dir() else path.readlink() if path.is_symlink() else path.read_bytes()
            files[str(path)] = (data, found.st_mtime_ns, found.st_mode, found.st_nlink)
        return files, TinyCollection(self.folder, self.root / "tiny.json").state()


def files_of(look):
    """Of what a `look` saw the files alone: after a kill the times of folders may be later."""
    return {path: told for path, told in look[0].items() if not Path(path).is_dir()}


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)


ABC = ("a.jpg", "sub/b.jpg", "sub/c.jpg")
STAR = (("a.jpg", "b.jpg"), ("a.jpg", "c.jpg"))


def same_files(now, before):
    """Equal but for the folders' own times, which a crash may leave at the time of the repair."""
    files = [{k: v for k, v in look[0].items() if k.endswith(".jpg")} for look in (now, before)]
    return files[0] == files[1] and now[0].keys() == before[0].keys() and now[1] == before[1]
