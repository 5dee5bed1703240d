"""What tells which image of a match is the edited one, for all matches at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dupedash.keepers import tells
from dupedash.model import EXACT, Edits


@dataclass(frozen=True, eq=False)
class MatchEdits:
    """Of few kinds are the edits of a hundred thousand matches: each is held once.

    which  int32 per match, in the order of its `Matches`: a place in `kinds`
    kinds  None: why these match is not known
    """

    which: npt.NDArray[np.int32]
    kinds: tuple[Edits | None, ...]

    def telling(self, scores: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
        """Per match whether it shows by itself which of the two may go. `scores`: of the matches."""
        exact = scores >= np.float32(EXACT)
        edited, equal = (np.array([tells(kind, exact=e) for kind in self.kinds]) for e in (False, True))
        found: npt.NDArray[np.bool_] = np.where(exact, equal[self.which], edited[self.which])
        return found

    def at(self, matches: npt.NDArray[np.int64]) -> Sequence[Edits | None]:
        """Of the matches with these numbers."""
        return [self.kinds[place] for place in self.which[matches].tolist()]
