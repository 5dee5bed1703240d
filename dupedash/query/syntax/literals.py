"""Between a value and the way it is written in Lucene's syntax: escapes, quotes, wildcards."""

from __future__ import annotations

import re

from dupedash.query.syntax.tree import Wild

_ESCAPED = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_PIECE = re.compile(r"\\u[0-9a-fA-F]{4}|\\.|[*?]|[^\\*?]+", re.DOTALL)
_PLAIN = re.compile(r"\w[\w.-]*")
_OPERATORS = frozenset({"AND", "OR", "NOT", "TO"})
_UNSTORABLE = re.compile("[\x00\ud800-\udfff\ufffe\uffff]")


def storable(text: str) -> str:
    """The text with U+FFFD for what SQLite cannot hold or compare: NUL, lone surrogates, U+FFFE, U+FFFF.

    File names bring lone surrogates. Stored values and query terms go through here, so they still meet.
    """
    return _UNSTORABLE.sub("\ufffd", text)


def unescape(raw: str) -> str:
    r"""The value behind a raw term: `\:` is `:`, `\u0041` is `A`."""
    return storable(_ESCAPED.sub(lambda m: chr(int(m[1], 16)) if m[1] else m[2], raw))


def unquote(raw: str) -> str:
    """The value of a phrase, which still has its quotes."""
    return unescape(raw[1:-1])


def split_wildcards(raw: str) -> tuple[str | Wild, ...]:
    """A raw term as literal pieces and wildcards; no `Wild` in it if it has none. `**` counts as `*`."""
    parts: list[str | Wild] = []
    for piece in _PIECE.findall(raw):
        if piece not in ("*", "?"):
            _append(parts, unescape(piece))
        elif not (piece == "*" and parts and parts[-1] is Wild.MANY):
            parts.append(Wild(piece))
    return tuple(parts)


def _append(parts: list[str | Wild], literal: str) -> None:
    last = parts[-1] if parts else None
    if isinstance(last, str):
        parts[-1] = last + literal
    else:
        parts.append(literal)


def as_glob(parts: tuple[str | Wild, ...]) -> str:
    """The pattern for SQLite's GLOB and for `fnmatch`, which agree on `*`, `?` and `[x]`."""
    return "".join(p.value if isinstance(p, Wild) else re.sub(r"[*?[]", r"[\g<0>]", p) for p in parts)


def escape(value: str) -> str:
    """The value as a part of a bare term, with nothing in it that has a meaning.

    A line break is written \\u000a, since luqum takes none after a backslash.
    """
    return re.sub(r"[^\w.-]|^[.-]", r"\\\g<0>", value).replace("\\\n", r"\u000a")


def write_value(value: str) -> str:
    """The value as a whole term: bare where that is safe, else in quotes."""
    if _PLAIN.fullmatch(value) and value not in _OPERATORS:
        return value
    return '"' + re.sub(r'["\\]', r"\\\g<0>", value) + '"'


def write_field(name: str) -> str:
    """A field's name as it stands before the colon."""
    return "\\" + name if name in _OPERATORS else escape(name)

