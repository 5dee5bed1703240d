"""Many parts with pairs by id → one table by row number: each pair once, with its best score."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dupedash.scans.tables.columns import MATCHES, PART, WHY

Rows = npt.NDArray[np.int64]
# Of a class of equal images each is linked to so many others: all of them up to 301 images, linear above.
CLOSEST = 300


def by_row(part: pa.Table, ids: pa.ChunkedArray) -> tuple[pa.Table, Rows, Rows]:
    """The rows of `part` whose images are both in `ids` and differ, and their row numbers, first < second."""
    first = pc.index_in(part["a"], value_set=ids).combine_chunks()
    second = pc.index_in(part["b"], value_set=ids).combine_chunks()
    known = pc.and_(pc.is_valid(first), pc.is_valid(second)).to_numpy(zero_copy_only=False)
    a = first.fill_null(0).to_numpy().astype(np.int64)
    b = second.fill_null(0).to_numpy().astype(np.int64)
    kept = np.flatnonzero(known & (a != b))
    low, high = np.minimum(a, b)[kept], np.maximum(a, b)[kept]
    return part.take(pa.array(kept)), low, high


def merge(parts: list[pa.Table], ids: pa.ChunkedArray) -> pa.Table:
    """The matches table (a < b, sorted); of the same pair the best score counts, then an explained one."""
    part = pa.concat_tables(parts) if parts else PART.empty_table()
    kept, a, b = by_row(part, ids)
    score = kept["score"].to_numpy()
    explained = kept["explained"].to_numpy()
    key = a * len(ids) + b
    order = np.lexsort((~explained, -score, key))
    first = np.ones(len(order), bool)
    first[1:] = key[order][1:] != key[order][:-1]
    best = order[first]
    columns = [pa.array(a[best], pa.int32()), pa.array(b[best], pa.int32())]
    rest = kept.take(pa.array(best)).select(["score", *WHY])
    return pa.table([*columns, *rest.columns], schema=MATCHES)


def pairs_of_equals(values: pa.ChunkedArray) -> tuple[Rows, Rows]:
    """Row pairs (first < second) with the same value; rows without a value equal nobody."""
    codes = pc.dictionary_encode(values).combine_chunks()
    code = codes.indices.fill_null(-1).to_numpy().astype(np.int64)
    rows = np.flatnonzero(code >= 0)
    order = rows[np.argsort(code[rows], kind="stable")]
    sorted_code = code[order]
    found: list[tuple[Rows, Rows]] = []
    for step in range(1, CLOSEST + 1):
        same = np.flatnonzero(sorted_code[step:] == sorted_code[:-step]) if step < len(order) else order[:0]
        if not len(same):
            break
        found.append((order[same], order[same + step]))
    if not found:
        return order[:0], order[:0]
    return np.concatenate([a for a, _ in found]), np.concatenate([b for _, b in found])
