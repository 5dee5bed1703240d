"""The fields of the example's images: who brought them, from where, when, at what price.

They follow from the folder an image lies in, so that each use of a duplicate search has its filter:

    marketplace    source:shop, and `vendor` differs within a group
    media          rights:protected against source:web
    stock photos   status:new against status:rejected
    real estate    verified:false against verified:true; source:portal-a against source:portal-b
    asset library  source:brand, several uploaders, `version`
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from re import search

import numpy as np

from dupedash.example.plan import Original, seed
from dupedash.model import FieldInfo, Fields, FieldType, FieldValue

FIELDS = (
    FieldInfo("category", FieldType.STRING),
    FieldInfo("labels", FieldType.STRING, multi=True),
    FieldInfo("source", FieldType.STRING),
    FieldInfo("uploader", FieldType.STRING),
    FieldInfo("taken", FieldType.DATE),
    FieldInfo("rating", FieldType.LONG),
    FieldInfo("status", FieldType.STRING),
    FieldInfo("verified", FieldType.BOOLEAN),
    FieldInfo("rights", FieldType.STRING),
    FieldInfo("vendor", FieldType.STRING),
    FieldInfo("price", FieldType.DOUBLE),
    FieldInfo("version", FieldType.LONG),
)
"""The first nine are on every image; `vendor` and `price` on products in a shop, `version` in the library."""

_PEOPLE = ("ada", "bruno", "clara", "dario", "edith", "felix")
_UPLOADERS = {
    "agency": ("northlight",),
    "web": ("crawler",),
    "listings": ("fontana-homes", "keller-estates", "private"),
    "stock": ("hollis", "iversen", "castell"),
    "office": ("scanner-2", "reception"),
    "reports": ("analytics",),
}
_FIRST_DAY = datetime(2021, 1, 4, 8, tzinfo=UTC)  # made up, like all fields


def fields_of(path: str, original: Original) -> Fields:
    """Fields of the file `path`, which is `original` or a copy of it."""
    folder = PurePosixPath(path).parts[0]
    random = np.random.default_rng(seed(path))
    fields: dict[str, FieldValue | tuple[FieldValue, ...]] = {
        "category": original.category,
        "labels": original.labels,
        "source": _source(path),
        "uploader": _one_of(_UPLOADERS.get(folder, _PEOPLE), random),
        "taken": _taken(path, original, random),
        "rating": int(random.integers(1, 6)),
        "status": _status(path),
        "verified": path.startswith(("agency/", "listings/verified/", "office/", "reports/")),
        "rights": {"agency": "protected", "brand": "owned", "web": "unknown"}.get(folder, "licensed"),
    }
    if folder == "shop":
        fields["vendor"] = PurePosixPath(path).parts[1]
        fields["price"] = _price(path, original)
    if folder == "brand":
        fields["version"] = _version(path)
    return fields


def without_content(path: str) -> Fields:
    """Fields of the two files that cannot be compared."""
    random = np.random.default_rng(seed(path))
    return {
        "category": "unknown",
        "labels": ("unsorted",),
        "source": _source(path),
        "uploader": _one_of(_PEOPLE, random),
        "taken": _FIRST_DAY + timedelta(days=int(random.integers(0, 1400))),
        "rating": 1,
        "status": "new",
        "verified": False,
        "rights": "unknown",
    }


def _one_of(names: Sequence[str], random: np.random.Generator) -> str:
    return names[int(random.integers(len(names)))]


def _source(path: str) -> str:
    """The folder, and for listings the portal."""
    parts = PurePosixPath(path).parts
    return parts[1] if parts[0] == "listings" else parts[0]


def _status(path: str) -> str:
    if "/rejected/" in path:
        return "rejected"
    return "new" if path.startswith(("uploads/", "web/", "stock/new/", "listings/portal")) else "approved"


def _taken(path: str, original: Original, random: np.random.Generator) -> datetime:
    """A copy comes days to months after its original."""
    start = np.random.default_rng(seed(original.path))
    taken = original.taken or _FIRST_DAY + timedelta(
        days=int(start.integers(0, 1200)), minutes=int(start.integers(0, 600))
    )
    if path != original.path:
        taken += timedelta(days=int(random.integers(1, 200)), minutes=int(random.integers(0, 600)))
    return taken


def _price(path: str, original: Original) -> float:
    """Every vendor asks a little more or less for the same thing."""
    base = 9 + 7 * (seed(original.path) % 23)
    return round(base * (0.85 + seed(path) % 30 / 100) + 0.95, 2)


def _version(path: str) -> int:
    """`poster-v3.jpg` is version 3, anything else the first."""
    found = search(r"-v(\d+)\.", path)
    return int(found[1]) if found else 1
