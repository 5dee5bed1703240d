"""Make the example collection: deterministic, in two processes, to be stopped and continued at any time."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from time import monotonic

from dupedash.errors import Cancelled, ConfigError
from dupedash.example import plan as plans
from dupedash.example.fields import fields_of, without_content
from dupedash.example.files import broken_bytes, copy_bytes, flat_bytes, original_bytes, put
from dupedash.example.manifest import NAME, ExampleFile, ExampleManifest, read, write
from dupedash.example.plan import VERSION, Contents, Copy, Original
from dupedash.model import IsCancelled, Progress, ReportProgress, ignore, never
from dupedash.workers import Workers

Work = tuple[Path, Original, tuple[Copy, ...]]


def make(
    folder: Path,
    *,
    plan: Contents | None = None,
    processes: int = 2,
    progress: ReportProgress = ignore,
    cancelled: IsCancelled = never,
) -> ExampleManifest:
    """Write the example collection into `folder` and return its manifest.

    A complete folder is left as it is (`made` is 0); an interrupted one is completed; one by an older version
    is made anew. Raises Cancelled when stopped: what was made stays.
    """
    plan = plan or plans.read()
    before = _manifest_of(folder)
    if before and before.version == VERSION and _missing(folder, plan) == []:
        return before
    if before and before.version != VERSION:
        _clear(before)
    missing = _missing(folder, plan)
    _make(folder, plan, missing, processes, progress, cancelled)
    manifest = ExampleManifest(folder, VERSION, _files(plan), made=len(missing))
    write(manifest)
    return manifest


def _manifest_of(folder: Path) -> ExampleManifest | None:
    if not (folder / NAME).exists():
        return None
    try:
        return read(folder)
    except ConfigError:
        return None  # damaged: the files are checked one by one and it is written again


def _missing(folder: Path, plan: Contents) -> list[str]:
    return [path for path in plan.paths() if not (folder / path).exists()]


def _clear(before: ExampleManifest) -> None:
    """Remove what an older version made, the manifest last: interrupted, it is removed again next time."""
    for file in before.files:
        (before.folder / file.path).unlink(missing_ok=True)
    (before.folder / NAME).unlink()


def _make(
    folder: Path,
    plan: Contents,
    missing: list[str],
    processes: int,
    progress: ReportProgress,
    cancelled: IsCancelled,
) -> None:
    started, total, wanted = monotonic(), len(plan.paths()), set(missing)
    done = skipped = total - len(missing)
    for path, content in ((plan.flat, flat_bytes), (plan.broken, broken_bytes)):
        if path in wanted:
            put(folder / path, content(path))
            done += 1
    work: list[Work] = []
    for original in plan.originals:
        copies = plan.copies_of(original.path)
        if wanted.intersection((original.path, *(copy.path for copy in copies))):
            work.append((folder, original, copies))
    with closing(_made(work, processes)) as results:
        for made in results:
            done += made
            progress(Progress("making pictures", done, total, monotonic() - started, skipped))
            if cancelled():
                raise Cancelled(f"{total - done} of {total} example images are still to be made.")


def _made(work: list[Work], processes: int) -> Generator[int]:
    """How many files each piece of work made, as they come."""
    if processes < 2 or len(work) < 4:
        yield from map(_make_group, work)
        return
    for outcome in Workers(_make_group, processes).run(work):
        if outcome.error is not None:
            raise outcome.error
        yield outcome.result


def _make_group(work: Work) -> int:
    """Make an original and its copies, as far as they are missing; returns how many files that were.

    Raises ConfigError where they cannot be written.
    """
    try:
        return _group_made(*work)
    except OSError as error:
        raise ConfigError(f"The example cannot be written to {work[0]}: {error.strerror}.") from error


def _group_made(folder: Path, original: Original, copies: tuple[Copy, ...]) -> int:
    made, path = 0, folder / original.path
    if path.exists():
        content = path.read_bytes()
    else:
        content = original_bytes(original.path)
        put(path, content)
        made += 1
    for copy in copies:
        if not (folder / copy.path).exists():
            put(folder / copy.path, copy_bytes(copy, content))
            made += 1
    return made


def _files(plan: Contents) -> tuple[ExampleFile, ...]:
    originals = {original.path: original for original in plan.originals}
    with_copies = {copy.original for copy in plan.copies}
    files = [
        ExampleFile(path, "original", None, path if path in with_copies else None, fields_of(path, original))
        for path, original in originals.items()
    ]
    files = [_related(file, originals[file.path]) for file in files]
    for copy in plan.copies:
        fields = fields_of(copy.path, originals[copy.original])
        files.append(ExampleFile(copy.path, str(copy.kind), copy.original, copy.original, fields))
    for path, kind in ((plan.flat, "flat"), (plan.broken, "broken")):
        files.append(ExampleFile(path, kind, None, None, without_content(path)))
    return tuple(sorted(files, key=lambda file: file.path))


def _related(file: ExampleFile, original: Original) -> ExampleFile:
    if original.burst:
        return replace(file, kind="burst", of=original.burst)
    return replace(file, kind="lookalike", of=original.twin) if original.twin else file
