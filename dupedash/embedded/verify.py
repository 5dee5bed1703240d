"""Verify a candidate: register two pictures, then compare their pixels. What was found is the evidence that is scored and explained."""

from dataclasses import dataclass

import numpy as np

from dupedash.embedded.compare import Agreement, compare, swapped
from dupedash.embedded.describe import Descriptor, decode_thumb, digest
from dupedash.embedded.hashes import distance
from dupedash.embedded.register import Registration, register


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What two pictures have in common.

    `unit_matrix` (2, 3) maps the unit square of a to the unit square of b (of b's mirror image if `mirrored`); `inliers` of `matches`
    keypoints agree on it (0 if the frames were laid over each other as they are); `pdq` bits differ.
    """

    mirrored: bool
    unit_matrix: np.ndarray
    inliers: int
    matches: int
    pdq: int
    agreement: Agreement


def verify(a: Descriptor, b: Descriptor, mirrored: bool = False) -> Evidence:
    """Compare two pictures, the second mirrored if asked. The result is the same whatever their order, seen from the other side."""
    if digest(a) > digest(b):
        return _seen_from_b(verify(b, a, mirrored))
    bits = int(distance(_bits(a), _bits(b))[0])
    thumb_a, thumb_b = decode_thumb(a.thumb), decode_thumb(b.thumb)
    if mirrored:
        thumb_b = np.ascontiguousarray(thumb_b[:, ::-1])
    tried = [_by_frame(thumb_a, thumb_b, mirrored, bits)]
    found = register(a, b, mirrored)
    if found is not None:
        tried.append(_by_keypoints(a, b, found, thumb_a, thumb_b, mirrored, bits))
    return max(tried, key=_quality)


def _bits(descriptor: Descriptor) -> np.ndarray:
    return np.frombuffer(descriptor.pdq, np.uint8)[None]


def _quality(evidence: Evidence) -> float:
    found = evidence.agreement
    return max(found.structure, 0) * (1 - found.differing) * max(found.overlap_a, found.overlap_b) + min(evidence.inliers, 60) / 100


def _by_frame(thumb_a: np.ndarray, thumb_b: np.ndarray, mirrored: bool, bits: int) -> Evidence:
    unit = np.array([[1.0, 0, 0], [0, 1, 0]])
    return Evidence(mirrored, unit, 0, 0, bits, compare(thumb_a, thumb_b, _to_pixels(unit, thumb_a, thumb_b)))


def _by_keypoints(
    a: Descriptor, b: Descriptor, found: Registration, thumb_a: np.ndarray, thumb_b: np.ndarray, mirrored: bool, bits: int
) -> Evidence:
    unit = _to_unit(found.matrix, a.size, b.size)
    agreement = compare(thumb_a, thumb_b, _to_pixels(unit, thumb_a, thumb_b))
    return Evidence(mirrored, unit, found.inliers, found.matches, bits, agreement)


def _square(matrix: np.ndarray) -> np.ndarray:
    return np.vstack([matrix, [0, 0, 1]])


def _centres(height: int, width: int) -> np.ndarray:
    """Maps positions of pixel centres to the unit square."""
    return np.array([[1 / width, 0, 0.5 / width], [0, 1 / height, 0.5 / height], [0, 0, 1]])


def _to_unit(matrix: np.ndarray, size_a: tuple[int, int], size_b: tuple[int, int]) -> np.ndarray:
    return (_centres(*size_b) @ _square(matrix) @ np.linalg.inv(_centres(*size_a)))[:2]


def _to_pixels(unit: np.ndarray, thumb_a: np.ndarray, thumb_b: np.ndarray) -> np.ndarray:
    return (np.linalg.inv(_centres(*thumb_b.shape[:2])) @ _square(unit) @ _centres(*thumb_a.shape[:2]))[:2]


def _seen_from_b(evidence: Evidence) -> Evidence:
    """The same evidence with a and b exchanged."""
    flip = np.array([[-1.0, 0, 1], [0, 1, 0], [0, 0, 1]]) if evidence.mirrored else np.eye(3)
    unit = (flip @ np.linalg.inv(_square(evidence.unit_matrix)) @ flip)[:2]
    return Evidence(evidence.mirrored, unit, evidence.inliers, evidence.matches, evidence.pdq, swapped(evidence.agreement))
