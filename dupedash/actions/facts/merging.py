"""Several images' facts as one image's. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dupedash.actions.plan import FactChange
from dupedash.actions.planning.merge import MergeRule
from dupedash.images.metadata.facts import SEVERAL, UNITED, Fact, Facts, same, united

Rules = Mapping[Fact, MergeRule]
"""Where there is none for a fact, keywords are united and the others filled where they are missing."""


def changes_of(keeper: Facts, others: Sequence[tuple[str, Facts]], rules: Rules) -> tuple[FactChange, ...]:
    """What becomes of the keeper's facts, and what of the others' differs from that and is not taken.

    others  location of an image that goes, and what is known of it; the best first
    """
    changes = (_change(fact, keeper, others, rules) for fact in Fact)
    return tuple(change for change in changes if change.new != change.old or change.differing)


def rule_of(fact: Fact, rules: Rules) -> MergeRule:
    """What is done with this fact."""
    return rules.get(fact, MergeRule.UNION if fact in UNITED else MergeRule.FILL)


def _change(fact: Fact, keeper: Facts, others: Sequence[tuple[str, Facts]], rules: Rules) -> FactChange:
    old = keeper.get(fact, ())
    told = [(place, facts[fact]) for place, facts in others if fact in facts]
    new = _value(fact, rule_of(fact, rules), [values for values in (old, *(v for _, v in told)) if values])
    if rule_of(fact, rules) is MergeRule.KEEP:
        new = old
    return FactChange(fact, old, new, tuple((p, v) for p, v in told if not _covered(fact, v, new)))


def _value(fact: Fact, rule: MergeRule, held: list[tuple[str, ...]]) -> tuple[str, ...]:
    if rule is MergeRule.UNION and fact in SEVERAL:
        return united((), [value for values in held for value in values])
    if rule in (MergeRule.LOWEST, MergeRule.HIGHEST) and held:
        best = min if rule is MergeRule.LOWEST else max
        return best(held, key=lambda values: _order(fact, values))
    return held[0] if held else ()


def _order(fact: Fact, values: tuple[str, ...]) -> Any:
    return float(values[0]) if fact is Fact.RATING else values


def _covered(fact: Fact, values: tuple[str, ...], new: tuple[str, ...]) -> bool:
    if fact in SEVERAL:
        return {v.casefold() for v in values} <= {v.casefold() for v in new}
    return bool(new) and same(fact, values, new)
