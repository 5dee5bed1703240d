"""Which image of a group stays, by rule, and why, in words. Pure: it reads values and touches nothing.

>>> large = ImageRecord("1", "/photos/a.jpg", width=4000, height=3000, content="aa")
>>> small = ImageRecord("2", "/photos/b.jpg", width=400, height=300, content="bb")
>>> choice = choose([large, small], preset("Best quality"))
>>> choice.keeper, [removal.id for removal in choice.removed]
('1', ['2'])
"""

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
