"""Verify a candidate: register two pictures, then compare their pixels. What was found is the evidence that
is scored and explained."""

from dataclasses import dataclass

import numpy as np

from dupedash.embedded.compare import Agreement, compare, swapped
from dupedash.embedded.describe import Descriptor, decode_thumb, digest
from dupedash.embedded.hashes import distance
from dupedash.embedded.register import Registration, centres, register, square


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What two pictures have in common.

    `unit_matrix` (2, 3) maps the unit square of a to the unit square of b (of b's mirror image if
    `mirrored`); `inliers` of `matches` keypoints agree on it (0 if the frames were laid over each other as
    they are); `pdq` bits differ.
    """

    mirrored: bool
    unit_matrix: np.ndarray
    inliers: int
    matches: int
    pdq: int
    agreement: Agreement
    size_a: tuple[int, int]
    size_b: tuple[int, int]

    @property
    def stretch(self) -> float:
        """Width by height of b over that of a: 1 if the frames have one shape."""
        return (self.size_b[1] * self.size_a[0]) / (self.size_b[0] * self.size_a[1])


def verify(a: Descriptor, b: Descriptor, mirrored: bool = False) -> Evidence:
    """Compare two pictures, the second mirrored if asked. The result is the same whatever their order, seen
    from the other side."""
    if digest(a) > digest(b):
        return _seen_from_b(verify(b, a, mirrored))
    thumb_a, thumb_b = decode_thumb(a.thumb), decode_thumb(b.thumb)
    if mirrored:
        thumb_b = np.ascontiguousarray(thumb_b[:, ::-1])
    bits = int(distance(_bits(a), _bits(b))[0])
    found = register(a, b, mirrored)
    tried = [_SAME_FRAME] if found is None else [_SAME_FRAME, found]

    def evidence(registration: Registration) -> Evidence:
        agreement = compare(thumb_a, thumb_b, _to_pixels(registration.unit_matrix, thumb_a, thumb_b))
        sizes = (a.height, a.width), (b.height, b.width)
        return Evidence(
            mirrored,
            registration.unit_matrix,
            registration.inliers,
            registration.matches,
            bits,
            agreement,
            *sizes,
        )

    return max((evidence(registration) for registration in tried), key=_quality)


_SAME_FRAME = Registration(np.eye(3)[:2], 0, 0)


def _bits(descriptor: Descriptor) -> np.ndarray:
    return np.frombuffer(descriptor.pdq, np.uint8)[None]


def _quality(evidence: Evidence) -> float:
    found = evidence.agreement
    return (
        max(found.structure, 0) * (1 - found.differing) * max(found.overlap_a, found.overlap_b)
        + min(evidence.inliers, 60) / 100
    )


def _to_pixels(unit: np.ndarray, thumb_a: np.ndarray, thumb_b: np.ndarray) -> np.ndarray:
    from_unit = np.linalg.inv(centres(*thumb_b.shape[:2]))
    pixels: np.ndarray = (from_unit @ square(unit) @ centres(*thumb_a.shape[:2]))[:2]
    return pixels


def _seen_from_b(evidence: Evidence) -> Evidence:
    """The same evidence with a and b exchanged."""
    flip = np.array([[-1.0, 0, 1], [0, 1, 0], [0, 0, 1]]) if evidence.mirrored else np.eye(3)
    unit = (flip @ np.linalg.inv(square(evidence.unit_matrix)) @ flip)[:2]
    return Evidence(
        evidence.mirrored,
        unit,
        evidence.inliers,
        evidence.matches,
        evidence.pdq,
        swapped(evidence.agreement),
        evidence.size_b,
        evidence.size_a,
    )
