"""Merge the fields of the images that go into the one that stays."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Any

from dupedash.actions.plan import FieldChange
from dupedash.keepers.criteria import values_of
from dupedash.model import FieldInfo, FieldValue, ImageRecord


class MergeRule(StrEnum):
    """How a field of several images becomes one.

    UNION   all values, the keeper's first      FILL   the keeper's; where it has none, the first other's
    LOWEST  the smallest or oldest              HIGHEST  the largest or newest
    KEEP    the keeper's, even where it has none
    """

    UNION = "union"
    FILL = "fill"
    LOWEST = "lowest"
    HIGHEST = "highest"
    KEEP = "keep"


def merged(
    keeper: ImageRecord,
    others: Sequence[ImageRecord],
    fields: Mapping[str, FieldInfo],
    rules: Mapping[str, MergeRule],
    ignored: Collection[str] = (),
) -> tuple[FieldChange, ...]:
    """What changes in the keeper's fields. Without a rule: several values are united, single ones filled."""
    names = sorted({name for other in others for name in other.fields} - set(ignored))
    changes = []
    for name in names:
        multi = fields[name].multi if name in fields else isinstance(keeper.fields.get(name), tuple)
        rule = rules.get(name, MergeRule.UNION if multi else MergeRule.FILL)
        new = _value(rule, multi, [values_of(record.fields, name) for record in (keeper, *others)])
        old = keeper.fields.get(name)
        if new and new != values_of(keeper.fields, name):
            changes.append(FieldChange(name, old, new if multi else new[0]))
    return tuple(changes)


def _value(rule: MergeRule, multi: bool, held: list[tuple[FieldValue, ...]]) -> tuple[FieldValue, ...]:
    everything = tuple(dict.fromkeys(value for values in held for value in values))
    if rule is MergeRule.KEEP or not everything:
        return held[0]
    if rule is MergeRule.UNION:
        return everything if multi else everything[:1]
    if rule is MergeRule.FILL:
        return next(values for values in held if values)
    best = min if rule is MergeRule.LOWEST else max
    return (best(everything, key=_order),)


def _order(value: FieldValue) -> tuple[str, Any]:
    """Values of one field in order, also where it holds several types."""
    kind = "number" if isinstance(value, (int, float)) else type(value).__name__
    return kind, value
