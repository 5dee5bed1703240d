"""Verify a candidate: register two pictures, then compare their pixels. What is found is the evidence that is
scored and explained."""

import math
from dataclasses import dataclass, replace

import numpy as np

from dupedash.embedded.compare.agreement import NOTHING, Agreement, compare, swapped
from dupedash.embedded.compare.drawings.replaced import NOTHING_REPLACED, Replaced, compare_drawings
from dupedash.embedded.compare.register import SAME_FRAME, Keypoints, Registration, centres, register, square
from dupedash.embedded.describe import drawing, hashes
from dupedash.embedded.describe.descriptor import Descriptor, decode_thumb

SURE = 15
"""With so many inliers the frames need not be tried as they are."""
_TURNED = 45.0
"""A map that rotates by more degrees leaves the picture on another side."""
MAX_FRAME_DISTANCE = 90
"""Pictures that are not registered are compared frame on frame if their hashes differ in at most so many
bits."""


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What two pictures have in common.

    `unit_matrix` (2, 3) maps the unit square of a to the unit square of b (of b's mirror image if
    `mirrored`); `inliers`, `confirmed`, `contradicted` as in `Registration` (all 0 if the frames were laid
    over each other as they are); `pdq` bits of the hashes differ; `size_a`, `size_b` are heights and
    widths. `replaced`: what differs in drawings, where they were looked at closely.
    """

    mirrored: bool
    unit_matrix: np.ndarray
    inliers: int
    confirmed: int
    contradicted: int
    pdq: int
    agreement: Agreement
    size_a: tuple[int, int]
    size_b: tuple[int, int]
    replaced: Replaced = NOTHING_REPLACED

    @property
    def stretch(self) -> float:
        """Width by height of b over that of a: 1 if the frames have one shape."""
        return (self.size_b[1] * self.size_a[0]) / (self.size_b[0] * self.size_a[1])

    @property
    def rotation(self) -> float:
        """Degrees counter-clockwise that b is turned against a (after mirroring), -180…180."""
        return rotation(*self.pixel_axes)

    @property
    def turned(self) -> bool:
        """Whether b lies on another side than a."""
        return abs(self.rotation) > _TURNED

    @property
    def pixel_axes(self) -> tuple[np.ndarray, np.ndarray]:
        """Where one pixel to the right, and one down, in a leads in b: float64 (2,) each, in pixels of b."""
        return pixel_axes(self.unit_matrix, self.size_a, self.size_b)

    @property
    def scales(self) -> tuple[float, float]:
        """How many times longer a is in b, in pixels: across and down."""
        across, down = (float(np.linalg.norm(axis)) for axis in self.pixel_axes)
        return across, down

    @property
    def extremes(self) -> tuple[float, float]:
        """How many times longer a is in b in the direction that becomes the longest, and in the one that
        becomes the shortest: the same directions, and the inverse of the numbers, seen from b."""
        longest, shortest = np.linalg.svd(np.stack(self.pixel_axes), compute_uv=False)
        return float(longest), float(shortest)

    @property
    def same_frame(self) -> bool:
        """Whether both show all of the other, the same way up."""
        whole = min(self.agreement.overlap_a, self.agreement.overlap_b) > 0.95
        return whole and abs(self.rotation) < 8


def pixel_axes(
    unit_matrix: np.ndarray, size_a: tuple[int, int], size_b: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """Where a map (2, 3) of unit squares leads one pixel to the right, and one down, of pictures of these
    heights and widths: float64 (2,) each."""
    linear = np.array(size_b)[::-1, None] * unit_matrix[:, :2] / np.array(size_a)[::-1]
    return linear[:, 0], linear[:, 1]


def rotation(across: np.ndarray, down: np.ndarray) -> float:
    """Degrees counter-clockwise, -180…180, of a map that leads the axes of pixels there, (2,) each."""
    return -math.degrees(math.atan2(across[1] - down[0], across[0] + down[1]))


def verify(a: Descriptor, b: Descriptor, mirrored: bool = False, upright: bool = False) -> Evidence:
    """Compare two pictures, the second mirrored if asked. The result is the same whatever their order, seen
    from the other side. `upright`: a map that turns one of them counts as none."""
    if (a.pdq, a.thumb) > (b.pdq, b.thumb):
        return seen_from_b(verify(b, a, mirrored, upright))
    bits = _hash_distance(a, b, mirrored)
    found = register(Keypoints.of(a, False), Keypoints.of(b, mirrored))
    sizes = (a.height, a.width), (b.height, b.width)
    if upright and found and abs(rotation(*pixel_axes(found.unit_matrix, *sizes))) > _TURNED:
        found = None
    tried = [found] if found is not None else []
    if bits <= MAX_FRAME_DISTANCE and (found is None or found.inliers < SURE):
        tried.append(SAME_FRAME)
    if not tried:
        return Evidence(mirrored, SAME_FRAME.unit_matrix, 0, 0, 0, bits, NOTHING, *sizes)
    return max((_evidence(a, b, mirrored, bits, one) for one in tried), key=_quality)


def _hash_distance(a: Descriptor, b: Descriptor, mirrored: bool) -> int:
    one, other = (np.frombuffer(d.pdq, np.uint8)[None] for d in (a, b))
    return int(hashes.distance(one, hashes.mirrored(other) if mirrored else other)[0])


def _evidence(a: Descriptor, b: Descriptor, mirrored: bool, bits: int, found: Registration) -> Evidence:
    return Evidence(
        mirrored,
        found.unit_matrix,
        found.inliers,
        found.confirmed,
        found.contradicted,
        bits,
        compared(*thumbs(a, b, mirrored, found.unit_matrix), mirrored),
        (a.height, a.width),
        (b.height, b.width),
    )


def compared(one: np.ndarray, other: np.ndarray, matrix: np.ndarray, mirrored: bool) -> Agreement:
    """`compare` of two thumbnails, uint8 (h, w, 3) in YCrCb, of which the second was mirrored if so said."""
    found = compare(one, other, matrix)
    flipped = found.laid and replace(found.laid, flipped=mirrored and found.laid.onto_b)
    return replace(found, laid=flipped)


def thumbs(
    a: Descriptor, b: Descriptor, mirrored: bool, unit_matrix: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Both thumbnails, uint8 (h, w, 3) in YCrCb, that of b mirrored if asked, and the map (2, 3) between
    their pixels, from that of the unit squares (2, 3)."""
    return laid(a.thumb, b.thumb, mirrored, unit_matrix)


def laid(
    a: bytes, b: bytes, mirrored: bool, unit_matrix: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """`thumbs` of any two thumbnails."""
    one, other = decode_thumb(a), decode_thumb(b)
    other = np.ascontiguousarray(other[:, ::-1]) if mirrored else other
    from_unit = np.linalg.inv(centres(*other.shape[:2]))
    return one, other, (from_unit @ square(unit_matrix) @ centres(*one.shape[:2]))[:2]


def _quality(evidence: Evidence) -> float:
    """Which of two registrations explains more."""
    found = evidence.agreement
    alike = max(found.structure, 0) * (1 - found.differing) * max(found.overlap_a, found.overlap_b)
    return alike + min(evidence.inliers, 60) / 100


def as_they_are(evidence: Evidence, a: Descriptor, b: Descriptor) -> Evidence:
    """The same with the frames laid over each other as they are: the keypoints' map is exact to a quarter of
    a pixel, too little where both show fine texture."""
    matrix = SAME_FRAME.unit_matrix
    agreement = compared(*thumbs(a, b, evidence.mirrored, matrix), evidence.mirrored)
    return replace(evidence, unit_matrix=matrix, agreement=agreement)


def seen_from_b(evidence: Evidence) -> Evidence:
    """The same evidence with a and b exchanged."""
    flip = np.array([[-1.0, 0, 1], [0, 1, 0], [0, 0, 1]]) if evidence.mirrored else np.eye(3)
    return Evidence(
        evidence.mirrored,
        (flip @ np.linalg.inv(square(evidence.unit_matrix)) @ flip)[:2],
        evidence.inliers,
        evidence.confirmed,
        evidence.contradicted,
        evidence.pdq,
        swapped(evidence.agreement),
        evidence.size_b,
        evidence.size_a,
        evidence.replaced,
    )


def looked_at_closely(evidence: Evidence, a: Descriptor, b: Descriptor) -> Evidence:
    """With what differs in the sharp pictures of two drawings; others as they are."""
    if not (a.drawing and b.drawing):
        return evidence
    one, other = drawing.decode(a.drawing), drawing.decode(b.drawing)
    other = np.ascontiguousarray(other[:, ::-1]) if evidence.mirrored else other
    return replace(evidence, replaced=compare_drawings(one, other, evidence.unit_matrix))
