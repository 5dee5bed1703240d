"""Which image of a group stays, by rule, and why, in words. Pure: it reads values and touches nothing."""

from dupedash.keepers.choose import BY_HAND, UNSURE, Choice, Removal, choose
from dupedash.keepers.criteria import Criterion, Rule
from dupedash.keepers.originals import equal_pairs, tells
from dupedash.keepers.policy import PRESETS, Policy, ProtectedField, preset

__all__ = [
    "BY_HAND",
    "PRESETS",
    "UNSURE",
    "Choice",
    "Criterion",
    "Policy",
    "ProtectedField",
    "Removal",
    "Rule",
    "choose",
    "equal_pairs",
    "preset",
    "tells",
]
