"""Names that systems and people give to copies: "x (1).jpg", "x - Copy.jpg", "Kopie von x.jpg", "x copy
2.jpg"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

# The word that Windows, macOS, GNOME, KDE and common programs put into a copy's name, by language: English,
# German, Dutch, Danish/Norwegian, Swedish, Finnish, French, Spanish, Portuguese, Catalan, Italian, Romanian,
# Polish, Czech, Slovak/Croatian, Hungarian, Turkish, Greek, Russian, Ukrainian, Indonesian, Japanese,
# Chinese, Korean.
_COPY = (
    "copy|duplicate|kopie|kopia|kopi|kopio|copie|copia|cópia|còpia|copie|kópia|kopija|másolat|kopya|αντίγραφο|"
    "копия|копія|salinan|コピー|副本|拷贝|複製|복사본"
)
_OF = "of|von|van|av|af|de|di|da|z|från"
_NUMBER = r"\s*[\(\[]?\d{1,3}[\)\]]?"
_SIGNS = re.compile(
    rf"\s*\(\d{{1,3}}\)$"  # x (1)
    rf"|[\s_.~-]\(?(?:{_COPY})\)?(?:{_NUMBER})?$"  # x - Copy, x-Copy(1), x copy 2, x (copy)
    rf"|^(?:{_COPY})(?:{_NUMBER})?\s+(?:(?:{_OF})\s+|[-–]\s*)(?=\S)"  # Copy of x, Copy (2) of x, Kopie von x
    r"|^(?:копия|копія)\s+(?=\S)"  # languages without an "of"
    rf"|(?:のコピー|的副本|의\s?복사본)(?:{_NUMBER})?$"
    rf"|^(?:コピー\s*[~～–-]|복사본\s)"
    r"|~\d{1,2}$",  # x~2, as Android names them
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"[_\s-]\d{1,2}$")


def copies_by_name(filenames: Iterable[str]) -> set[str]:
    """Those of the names of one group that say that they are copies: by themselves, or as a plain name of the
    group with a number ("x_1.jpg" beside "x.jpg")."""
    names = set(filenames)
    stems = {_stem(name) for name in names}
    return {name for name in names if named_as_copy(name) or _numbered_of(_stem(name)) in stems}


@lru_cache(maxsize=10_000)
def named_as_copy(filename: str) -> bool:
    """Whether the name says by itself that this is a copy of another file."""
    return bool(_SIGNS.search(_stem(filename)))


def _numbered_of(stem: str) -> str | None:
    plain = _NUMBERED.sub("", stem)
    return plain if plain != stem else None


def _stem(filename: str) -> str:
    stem, dot, _ = filename.rpartition(".")
    return (stem if dot and stem else filename).strip()
