"""Text as words: what a term without a field, and a term on a text field, is compared with.

A word is a run of letters and digits, NFKC-normalised and case-folded, so that "Über_uns-01.JPG" gives
über, uns, 01 and jpg (macOS spells file names in decomposed form, which this evens out). Indexing and
searching both come here, which is why SQLite's own full-text tokenizers are not used.
"""

from __future__ import annotations

import re
import unicodedata

from dupedash.query.syntax.tree import Wild

_WORD = re.compile(r"[^\W_]+")
_PATTERN = re.compile(r"(?:[^\W_]|[*?])+")
_WILD_SIGNS = str.maketrans("*?", "  ")


def words_of(text: str) -> list[str]:
    """The words of a text, in order."""
    return _WORD.findall(_fold(text))


def pattern_words(parts: tuple[str | Wild, ...]) -> list[str]:
    """The words of a term with wildcards, as GLOB patterns: `IMG_12*` gives img and 12*."""
    pieces = (p.value if isinstance(p, Wild) else _fold(p).translate(_WILD_SIGNS) for p in parts)
    return _PATTERN.findall("".join(pieces))


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
