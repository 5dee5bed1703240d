"""The whole error tree. It imports nothing of ours, so that every module may raise from it.

DupedashError
├─ ConfigError (also ValueError)          a bad option, setting or file; says which and what is accepted
│  └─ QueryError                          a filter query that cannot be used; says where
├─ CollectionError                        carries the collection's name or URL
│  ├─ Unreachable                         refused, no such host, timeout
│  ├─ Rejected                            the server answered "no"; carries status and its message
│  │  └─ DocumentLimit                    the licence's number of images is used up
│  ├─ BadReply                            an answer that is not understood
│  ├─ Busy                                too much is asked for at the moment: try again
│  ├─ Unsupported                         this kind of collection cannot do that
│  └─ UnknownImage (also KeyError)        no such id
├─ UnreadableImage                        one picture that cannot be decoded; carries path and reason
├─ ScanError                              no such scan, damaged, made by a newer version
├─ ActionError                            a plan that must not or cannot be carried out
├─ NotTold                                a program or an address did not take the news that it is to be told
├─ Conflict                               somebody else changed it meanwhile; nothing was overwritten
├─ Forbidden                              a viewer or a read-only instance tried to change something
└─ Cancelled                              somebody asked to stop; what was finished is kept
"""

from __future__ import annotations

import errno

# RFC 9110 and 6585: two refusals ask for patience, and of the failures one tells what a server lacks.
_PATIENCE, _FAILED, _LACKING = frozenset({408, 429}), 500, 501


class DupedashError(Exception):
    """The root: its text is a sentence for the person in front of the screen."""


class ConfigError(DupedashError, ValueError):
    """A bad option or setting: the text names it, its value and what is accepted."""


class QueryError(ConfigError):
    """A filter query that cannot be used. `position` is the 0-based column in `query`, or None."""

    def __init__(self, message: str, query: str = "", position: int | None = None, hint: str = "") -> None:
        super().__init__(message)
        self.query = query
        self.position = position
        self.hint = hint


class CollectionError(DupedashError):
    """Something between us and a collection, which has this name or URL. `may_pass`: the same question may be
    answered next time."""

    may_pass = False

    def __init__(self, message: str, collection: str = "") -> None:
        super().__init__(message)
        self.collection = collection


class DamagedCollection(CollectionError):
    """The database of a collection here is no longer one; the pictures are not concerned."""


class Unreachable(CollectionError):
    """Refused, unknown host, or no answer in time."""

    may_pass = True


class Rejected(CollectionError):
    """The server understood and said no. `status` is the HTTP status, `reply` its own message."""

    def __init__(self, message: str, collection: str = "", status: int = 400, reply: str = "") -> None:
        super().__init__(message, collection)
        self.status = status
        self.reply = reply
        self.may_pass = status in _PATIENCE or (status >= _FAILED and status != _LACKING)


class DocumentLimit(Rejected):
    """The server's licence admits no further images."""


class BadReply(CollectionError):
    """The answer is not what the API promises (HTML, half an answer, a missing part)."""

    may_pass = True


class Busy(CollectionError):
    """Too much is asked for at the moment; the same question may be asked again soon."""

    may_pass = True


class Unsupported(CollectionError):
    """This kind of collection cannot do what was asked; the text says what to do instead."""


class UnknownImage(CollectionError, KeyError):
    """No image of that id. `image_id` is the id."""

    def __init__(self, image_id: str, collection: str = "") -> None:
        super().__init__(f"No image with the id {image_id!r} is in the collection {collection}.", collection)
        self.image_id = image_id

    __str__ = Exception.__str__  # KeyError would show the repr


class UnreadableImage(DupedashError):
    """One picture cannot be decoded. `path` is where it is, `reason` a short phrase."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason

    def __reduce__(self) -> tuple[type, tuple[str, str]]:
        return type(self), (self.path, self.reason)  # it crosses process borders


class ScanError(DupedashError):
    """A stored scan that does not exist, is damaged, or was made by a newer version."""


class ActionError(DupedashError):
    """A plan, a step or an undo that must not or cannot be carried out; the journal has the rest."""


class NotTold(DupedashError):
    """A program or an address that shall hear of something did not take it."""


class Conflict(DupedashError):
    """Somebody else changed the same thing meanwhile; the text says who, when and what."""


class Forbidden(DupedashError):
    """A viewer or a read-only instance tried to change something."""


class Cancelled(DupedashError):
    """Somebody asked to stop. What was finished before is kept."""


_ADVICE = {
    errno.ENOSPC: "make room; what was finished is kept, and the same again goes on",
    errno.EDQUOT: "make room; what was finished is kept, and the same again goes on",
    errno.EROFS: "make it writable, or choose another data folder with --data or DUPEDASH_DATA",
    errno.EACCES: "see to whom it belongs and who may write there",
    errno.EISDIR: "dupedash needs a file of its own there: move the folder away",
    errno.EMFILE: "close other programs, or allow more open files (ulimit -n)",
}


def system_words(error: OSError) -> str:
    """What the system refused, of which file, and what to do where that is known."""
    reason = error.strerror or str(error)
    where = f" ({error.filename})" if error.filename is not None else ""
    advice = _ADVICE.get(error.errno or 0)
    return f"{reason}{where}: {advice}." if advice else f"{reason}{where}."
