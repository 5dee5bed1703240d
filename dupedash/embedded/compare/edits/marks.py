"""Which of two pictures was blurred, sharpened, made noisy or enlarged: what their marks at full resolution
show.

A blur takes the more the finer the detail is; a sharpening strengthens all fine detail alike; noise is seen
in the calm parts of a picture. Saving again with a coarser JPEG table also takes fine detail and noise away,
which is no edit: then the quieter of the two says nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from dupedash.images.marks.measure import Marks
from dupedash.model import ChangeKind

Signs = tuple[ChangeKind, ...]

# The limits were set on one half of 950 photographs and pictures with generated edits and seen to hold on the
# other; all are logarithms to the base 2.
_SHARPER, _COARSELY = 0.3, 0.22
"""From this mean difference in coarse and middle detail on, and from this one in coarse detail, one picture
is softer or sharper; JPEG at quality 30 makes 0.2 of either."""
_STRONG_BLUR = 1.8
"""No sharpening makes such a difference; unsharp masking by 300 % makes 1.75."""
_FLAT, _STEEP, _STRONGLY_STEEP = 0.55, 1.0, 0.45
"""How much more fine detail differs than coarse detail, as a part of that: less after a sharpening, more
after a blur; of a strong blur less, since nothing fine is left."""
_COARSE_BLUR, _STEEPER_THAN_SHARPENED = 1.8, 0.45
"""Where it cannot be seen which of the two was edited: a sharpening changes coarse detail by less than the
first, and middle detail by less than the second more than that; of blurs by 0.3 to 0.9 % of the long side 1
in 50 does neither."""
_IN_CALM = 0.15
"""What is softer or sharper all over is so in its calm parts, too, if there is anything to be seen; text put
on it is not."""
_SHARPENED = 0.45
"""Noise makes coarse detail by as much stronger only where it makes fine detail by twice that."""
_NOISIER, _NOISIER_IN_COARSER = 0.35, 0.75
"""The second where the noisier one has the coarser table: JPEG at quality 50 to 75 makes 0.7 out of what a
finer one had kept."""
_KEPT, _LOST, _LOST_ON_PLAIN = 2.0, 8.0, 12.0
"""A JPEG makes 0 of coefficients below half a step: noise of that strength it would have kept; what is four
times weaker it has surely taken away, six times where nothing of it is left."""
_WHITE, _FAINT = 0.95, 0.5
"""Noise is as strong in fine as in coarse detail, to this logarithm; what a coarser table took away was not,
or was below this strength."""
WITHOUT_TEXTURE, _NOISE_ON_PLAIN = -2.0, 2.5
"""Where the calm parts are wholly plain, JPEG's own ringing counts as noise up to this difference."""
_OF_A_JPEG = 0.08
"""Of pictures that never were a JPEG 1 in 100 reaches 0.06; of those that were one at quality 85, 19 in 20
have 0.09."""
_ENLARGED, _ENLARGED_PER_DOUBLING = 0.65, 0.6
"""How much less fine detail an enlarged picture has than the smaller one, and how much more with every
doubling; of a picture and its reduced copy the larger has less, too, but a third of that."""


_SAME_CONTENT = frozenset({ChangeKind.UPSCALED, ChangeKind.CONVERTED, ChangeKind.COMPRESSED})


@dataclass(frozen=True, slots=True)
class Fine:
    """What the marks show: signs of a, of b, and what differs though nothing shows in which of them."""

    a: Signs = ()
    b: Signs = ()
    open: Signs = ()

    def only(self, fits: Callable[[ChangeKind], bool]) -> Fine:
        """Without what does not fit to the rest that is seen."""
        a, b, left_open = (tuple(filter(fits, kinds)) for kinds in (self.a, self.b, self.open))
        return Fine(a, b, left_open)

    @property
    def kinds(self) -> Signs:
        """What changed the content, in whichever of them."""
        return tuple(kind for kind in (*self.a, *self.b, *self.open) if kind not in _SAME_CONTENT)


def compare_marks(a: Marks, b: Marks, contrast: float = 0.0) -> Fine:
    """What the marks of two pictures that show the same, uncut, say of their edits. `contrast`: how much
    stronger b's tones make all detail, a logarithm to the base 2."""
    if {a.width, a.height} != {b.width, b.height}:
        return _sizes(a, b)
    more = _More.of(a, b, contrast)
    found = more.judged() if more.detail[1] >= 0 else _swapped(_More.of(b, a, -contrast).judged())
    if (saved := _converted(a, b)) != Fine():
        return Fine(saved.a, saved.b, found.kinds)
    return found


def _swapped(found: Fine) -> Fine:
    return Fine(found.b, found.a, found.open)


def _converted(a: Marks, b: Marks) -> Fine:
    """Whether one was a JPEG before it became a lossless file, as the other still is."""
    of_a, of_b = (m.grid > _OF_A_JPEG and other.step > 0 for m, other in ((a, b), (b, a)))
    made = (ChangeKind.CONVERTED,)
    return Fine(made if of_a else (), made if of_b else ())


@dataclass(frozen=True, slots=True)
class _More:
    """How much more detail b has than a, of all and of its calm parts; b has the more of middle detail."""

    a: Marks
    b: Marks
    detail: tuple[float, ...]
    calm: tuple[float, ...]

    @staticmethod
    def of(a: Marks, b: Marks, contrast: float) -> _More:
        detail, calm = (
            tuple(y - x - contrast for x, y in zip(one, other, strict=True))
            for one, other in ((a.detail, b.detail), (a.calm, b.calm))
        )
        return _More(a, b, detail, calm)

    def judged(self) -> Fine:
        noisier = max(abs(change) for change in self.calm[1:]) >= _NOISIER and not self._alike_in_all()
        if noisier and (noise := self._noise()) != Fine():
            return noise
        sharper = self.detail[0] >= _COARSELY and sum(self.detail[:2]) / 2 >= _SHARPER
        return self._sharpness() if sharper else Fine()

    def _alike_in_all(self) -> bool:
        """Whether coarse detail is as much stronger as fine detail: noise is fine."""
        return self.detail[0] > _SHARPENED and self.detail[3] - self.detail[0] < _FLAT * self.detail[0]

    def _noise(self) -> Fine:
        """Noise shows in the calm parts more than in all."""
        rises, falls = min(self.calm[1:]), -max(self.calm[1:])
        if rises > self.detail[1] + _NOISIER:
            return self._noisy(self.a, self.b, rises)
        if falls > _NOISIER:
            return _swapped(self._noisy(self.b, self.a, falls))
        return Fine()

    def _noisy(self, quiet: Marks, noisy: Marks, more: float) -> Fine:
        if quiet.calm[1] < WITHOUT_TEXTURE and more < _NOISE_ON_PLAIN:
            return Fine()
        if more < _NOISIER_IN_COARSER and noisy.step > quiet.step:
            return Fine(b=(ChangeKind.COMPRESSED,))
        strength = 2 ** noisy.calm[1]
        if 0 < quiet.step <= max(noisy.step, _KEPT * strength):
            return Fine(b=(ChangeKind.NOISE,))
        white = noisy.calm[0] - noisy.calm[2] < _WHITE and noisy.calm[0] > _FAINT
        lost = _LOST_ON_PLAIN if quiet.calm[1] < WITHOUT_TEXTURE else _LOST
        return Fine(open=(ChangeKind.NOISE,)) if white and quiet.step < lost * strength else Fine()

    def _sharpness(self) -> Fine:
        coarse, middle = self.detail[:2]
        seen = self.a.calm[0] >= WITHOUT_TEXTURE and self.calm[0] >= _IN_CALM
        growth = (self.detail[3] - coarse) / max(coarse, 0.1)
        if seen and growth > (_STEEP if middle < _STRONG_BLUR else _STRONGLY_STEEP):
            return Fine(a=(ChangeKind.BLURRED,))
        if seen and middle < _STRONG_BLUR and 0 <= growth < _FLAT:
            return Fine(b=(ChangeKind.SHARPENED,))
        blurred = coarse > _COARSE_BLUR or middle - coarse > _STEEPER_THAN_SHARPENED
        return Fine(open=(ChangeKind.BLURRED if blurred else ChangeKind.SHARPENED,))


def _sizes(a: Marks, b: Marks) -> Fine:
    """Whether the larger one was enlarged."""
    doublings = math.log2(b.width * b.height / (a.width * a.height)) / 2
    if doublings < 0:
        return _swapped(_sizes(b, a))
    less = sum(a.detail[n] - b.detail[n] for n in (2, 3)) / 2
    enlarged = doublings > 0.1 and less > _ENLARGED + _ENLARGED_PER_DOUBLING * doublings
    return Fine(b=(ChangeKind.UPSCALED,)) if enlarged else Fine()
