"""Put a file aside into the quarantine, leave a link in its place if wished, and put all back as it was.

Both directions look at what is there before they do anything, so each may be repeated when interrupted.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from dupedash.actions.files.disk import (
    FileState,
    discard_part,
    move,
    must_be_inside,
    same_place,
    sha256,
)
from dupedash.actions.plan import Plan, Step, StepKind
from dupedash.errors import ActionError
from dupedash.storage import atomic
from dupedash.system.files import hard_link


def aside(quarantine: Path, plan: Plan, step: Step, location: str | None = None) -> Path:
    """Where the file of a step, or its sidecar from `location`, waits: a folder a step, so no names clash."""
    return quarantine / plan.id / f"{step.number:06}" / Path(location or step.location).name


def must_be_movable(source: Path, step: Step, keeper: Path, plan: Plan) -> FileState:
    """The state of the file, where nothing speaks against moving it. Raises ActionError, OSError."""
    must_be_inside(source, plan.roots)
    state = FileState.of(source)
    if same_place(source, keeper):
        raise ActionError(f"{source} is the same file as the one that stays: it is left alone.")
    if step.kind is StepKind.HARDLINK:
        if source.samefile(keeper):
            raise ActionError(f"{source} is a hard link to the one that stays already.")
        if source.parent.stat().st_dev != keeper.stat().st_dev:
            raise ActionError(f"{source} lies on another disk than the one that stays: use a symbolic link.")
    if sha256(source) != step.content:
        raise ActionError(f"{source} was changed since the plan was made: it is left alone.")
    state.put_on(source)  # reading it may have changed its time of access
    return state


def put_aside(source: Path, target: Path, keeper: Path, step: Step, state: FileState | None) -> None:
    """Move the file to `target`; where the step says so, leave a link. Raises ActionError, OSError."""
    content = step.content or ""
    carry(source, target, content, state, linked=is_our_link(source, keeper, step))
    if step.kind in (StepKind.HARDLINK, StepKind.SYMLINK) and not os.path.lexists(source):
        try:
            _link(source, keeper, step.kind)
        except OSError:
            move(target, source, content)
            raise


def carry(source: Path, target: Path, content: str, state: FileState | None, *, linked: bool = False) -> None:
    """Move a file to `target`, unless that was done. `linked`: what is at `source` is our link.

    Raises ActionError, OSError.
    """
    discard_part(target, content)
    if not target.exists():
        move(source, target, content, state)
    elif os.path.lexists(source) and not linked:
        if sha256(target) != content or sha256(source) != content:
            raise ActionError(f"There is another file at {source} now: it is left alone.")
        source.unlink()  # interrupted between the copy and this
        atomic.sync_folder(source.parent)


def put_back(source: Path, target: Path, keeper: Path, step: Step, state: FileState | None) -> bool:
    """Bring the file back from `target` with its times. False where it was at its place all along.

    Raises ActionError where that would overwrite something or the file is in neither place, OSError.
    """
    linked = is_our_link(source, keeper, step)
    was_away = bring_back(source, target, step.content or "", state, linked=linked)
    forget(target)
    return was_away or _was_never_away(source, step)


def bring_back(
    source: Path, target: Path, content: str, state: FileState | None, *, linked: bool = False
) -> bool:
    """Bring a file back, in place of our link where `linked`. False where none waits at `target`.

    Raises ActionError where that would overwrite something, OSError.
    """
    for place in (source, target):
        discard_part(place, content)
    if not target.exists():
        return False
    if must_be_free(source, target, content, state, linked=linked):
        (source if linked else target).unlink()
    if target.exists():
        move(target, source, content)
    if state:
        state.put_on(source)
    return True


def must_be_free(
    source: Path, target: Path, content: str, state: FileState | None, *, linked: bool = False
) -> bool:
    """Whether something is at `source` that may go: our link, or the file itself, which is back already.

    Raises ActionError where it is anything else, or what waits at `target` was changed; OSError.
    """
    if sha256(target) != content:
        raise ActionError(f"{target} was changed since it was moved there: it is left there.")
    if not os.path.lexists(source):
        return False
    if not linked and not _is_back(source, target, content, state):
        raise ActionError(f"Something is at {source} again: it is not overwritten; the file is at {target}.")
    return True


def forget(target: Path) -> None:
    """Remove the folders in which nothing waits any more."""
    for folder in (target.parent, target.parent.parent):
        with suppress(OSError):  # other files still wait there
            folder.rmdir()


def is_our_link(path: Path, keeper: Path, step: Step) -> bool:
    """Whether `path` is the link to the keeper that the step made."""
    if step.kind is StepKind.SYMLINK:
        return path.is_symlink() and path.readlink() == keeper
    if step.kind is StepKind.HARDLINK:
        return not path.is_symlink() and path.exists() and keeper.exists() and path.samefile(keeper)
    return False


def _link(path: Path, keeper: Path, kind: StepKind) -> None:
    if kind is StepKind.HARDLINK:
        hard_link(keeper, path)
    else:
        path.symlink_to(keeper)
    atomic.sync_folder(path.parent)


def _was_never_away(source: Path, step: Step) -> bool:
    if source.is_file() and not source.is_symlink() and sha256(source) == step.content:
        return False
    raise ActionError(f"{source} is neither at its place nor in the quarantine: was the quarantine emptied?")


def _is_back(source: Path, target: Path, content: str, state: FileState | None) -> bool:
    """An undo was interrupted after the file was whole at its place again."""
    if source.is_symlink() or not source.is_file():
        return False
    ours = source.samefile(target) or (state is not None and source.stat().st_mtime_ns == state.mtime_ns)
    return ours and sha256(source) == content
