"""What the images of a stored scan tell of themselves, as arrays; for `groups.kinds`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dupedash.formats import LIVE_VIDEO, RAW
from dupedash.groups import kinds
from dupedash.groups.graph import Codes, Matches, Sides
from dupedash.groups.kinds import Facts
from dupedash.scans.tables.merge import Rows

COLUMNS = ("location", "fields", "content", "pixels")
"""The columns of the images table that tell it."""

# As `fieldjson` writes them; a quotation mark within a text has a backslash before it, so none can pretend.
_TAKEN = r'"taken": \{"date": "(?P<value>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?)\+00:00"'
_CAMERA = r'"camera": "(?P<value>(?:[^"\\]|\\.)+)"'
_PLACE = r"(?s)^(?P<folder>.*/)?(?P<stem>[^/]+?)(?P<ending>\.[^./]*)?$"
_NUMBERED = r"(?s)^(?P<before>.*[^0-9]|)(?P<number>[0-9]{3,})(?P<behind>.*)$"
"""A file name with the camera's number: its last run of three digits or more."""

_MOTION = ".mp"
"""PXL_1.MP is the video of PXL_1.MP.jpg."""


def facts_of(images: pa.Table) -> Facts:
    """Of each row; the table has at least COLUMNS."""
    place = _split(pc.replace_substring(images["location"], "\\", "/"), _PLACE)
    folder, stem, ending = place["folder"], pc.utf8_lower(place["stem"]), pc.utf8_lower(place["ending"])
    shot = pc.if_else(pc.equal(ending, _MOTION), pc.binary_join_element_wise(stem, ending, ""), stem)
    parts = _split(stem, _NUMBERED)
    return Facts(
        taken=_seconds(_split(images["fields"], _TAKEN)["value"]),
        camera=_codes(_split(images["fields"], _CAMERA)["value"]),
        content=_codes(images["content"]),
        pixels=_codes(images["pixels"]),
        shot=_codes(pc.binary_join_element_wise(folder, shot, "")),
        sort=_sort(ending),
        numbered=_codes(pc.binary_join_element_wise(folder, parts["before"], parts["behind"], "#")),
        number=_codes(parts["number"]),
    )


def with_kinds(matches: Matches, images: pa.Table, sides: Sides | None = None) -> Matches:
    """The matches with their kinds, and the pairs of one shot that no search told.

    images  the rows of the scan, with id, in_scope, in_against and COLUMNS
    sides   of each of these, as in `Matches`
    """
    facts, ids = facts_of(images), np.array(images["id"].to_pylist(), object)
    matches = _without_videos(matches, facts, ids)
    place = {image_id: row for row, image_id in enumerate(ids.tolist())}
    rows = np.array([place[image_id] for image_id in matches.ids], np.int64)
    one, other = _in_scan(images, *kinds.beside(facts))
    new = ~_is_in(one * len(ids) + other, rows[matches.a] * len(ids) + rows[matches.b])
    one, other = one[new], other[new]
    named = np.zeros(len(ids), bool)
    named[rows] = named[one] = named[other] = True
    used, place_of = np.flatnonzero(named), np.cumsum(named, dtype=np.int32) - 1
    a, b = place_of[np.r_[rows[matches.a], one]], place_of[np.r_[rows[matches.b], other]]
    score = np.r_[matches.score, np.ones(len(one), np.float32)]
    known = None if sides is None else sides[used]
    found = Matches(tuple(ids[used].tolist()), a, b, score, known)
    return _known(found, kinds.kinds(found, facts.at(used)))


def _is_in(keys: Rows, known: Rows) -> npt.NDArray[np.bool_]:
    """Which of the keys are known; quicker than `np.isin` where few are asked of many."""
    known = np.sort(known)
    place = np.minimum(np.searchsorted(known, keys), max(0, len(known) - 1))
    found: npt.NDArray[np.bool_] = known[place] == keys if len(known) else np.zeros(len(keys), bool)
    return found


def _without_videos(matches: Matches, facts: Facts, ids: npt.NDArray[np.object_]) -> Matches:
    """Two videos are no pair: each goes where its picture goes."""
    videos = set(ids[facts.sort == kinds.VIDEO].tolist())
    if not videos:
        return matches
    video = np.fromiter((image_id in videos for image_id in matches.ids), bool, len(matches.ids))
    return matches.take(~(video[matches.a] & video[matches.b]))


def _known(matches: Matches, kind: Codes) -> Matches:
    """With these kinds, in the order of the pairs; all but a few are in it already, and sorting is quick."""
    order = np.argsort(matches.a.astype(np.int64) * len(matches.ids) + matches.b, kind="stable")
    return replace(matches, kind=kind).take(order)


def _in_scan(images: pa.Table, a: Rows, b: Rows) -> tuple[Rows, Rows]:
    """The pairs that the scan was asked about."""
    scope, against = (images[name].to_numpy() for name in ("in_scope", "in_against"))
    wanted = (scope[a] & against[b]) | (scope[b] & against[a])
    return a[wanted], b[wanted]


def _split(texts: pa.ChunkedArray, pattern: str) -> dict[str, pa.ChunkedArray]:
    """The named parts of each text, null where it does not fit."""
    found = pc.extract_regex(texts, pattern)
    return {name.name: pc.struct_field(found, name.name) for name in found.type}


def _sort(endings: pa.ChunkedArray) -> npt.NDArray[np.int8]:
    raw, video = (_flags(pc.is_in(endings, pa.array(sorted(some)))) for some in (RAW, LIVE_VIDEO))
    return np.select([raw, video], [kinds.RAW, kinds.VIDEO], kinds.PICTURE).astype(np.int8)


def _flags(found: pa.ChunkedArray) -> npt.NDArray[np.bool_]:
    flags: npt.NDArray[np.bool_] = found.to_numpy().astype(bool)
    return flags


def _seconds(dates: pa.ChunkedArray) -> npt.NDArray[np.float64]:
    moments = dates.cast(pa.timestamp("us")).cast(pa.int64())
    seconds: npt.NDArray[np.float64] = moments.to_numpy().astype(np.float64) / 1e6
    return seconds


def _codes(values: pa.ChunkedArray) -> Rows:
    codes = pc.dictionary_encode(values).combine_chunks().indices
    found: Rows = codes.fill_null(-1).to_numpy().astype(np.int64)
    return found
