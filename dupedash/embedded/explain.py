"""Why two pictures match, read from the registration and from what differs under it."""

import math

import numpy as np

from dupedash.embedded.compare import Agreement
from dupedash.embedded.verify import Evidence
from dupedash.model import ChangeKind, Explanation

_WHOLE = 0.955
"""Overlap from which a picture counts as seen as a whole: registration is not exact to the pixel."""


def explain(evidence: Evidence) -> Explanation:
    """What happened to a that made it b, most important first."""
    found = evidence.agreement
    affine = _with_mirror(evidence)
    across, down = _pixel_axes(evidence)
    rotation = _rotation(evidence)
    scale = math.sqrt(float(np.linalg.norm(across)) * float(np.linalg.norm(down)))
    aspect = float(np.linalg.norm(across)) / max(1e-9, float(np.linalg.norm(down)))
    kinds = [*_geometry(evidence, rotation, aspect), *_tones(found)]
    if not kinds:
        kinds = [ChangeKind.RESIZED if evidence.size_a != evidence.size_b else ChangeKind.REENCODED]
    return Explanation(
        tuple(kinds),
        tuple(float(x) for x in affine.ravel()),
        evidence.mirrored,
        found.overlap_a,
        found.overlap_b,
        rotation,
        scale,
        aspect,
        evidence.inliers,
    )


def _with_mirror(evidence: Evidence) -> np.ndarray:
    """The map onto b as it is, not onto its mirror image."""
    if not evidence.mirrored:
        return evidence.unit_matrix
    affine: np.ndarray = np.array([[-1, 0], [0, 1]]) @ evidence.unit_matrix + np.array([[0, 0, 1], [0, 0, 0]])
    return affine


def _pixel_axes(evidence: Evidence) -> tuple[np.ndarray, np.ndarray]:
    """Where one pixel to the right, and one down, in a leads in b, in pixels of b."""
    (height_a, width_a), (height_b, width_b) = evidence.size_a, evidence.size_b
    linear = np.array([[width_b], [height_b]]) * evidence.unit_matrix[:, :2] / np.array([width_a, height_a])
    return linear[:, 0], linear[:, 1]


def _rotation(evidence: Evidence) -> float:
    """Degrees counter-clockwise, -180 … 180, as seen on a screen (y points down)."""
    across, down = _pixel_axes(evidence)
    angle = math.degrees(math.atan2(across[1] - down[0], across[0] + down[1]))
    return -angle if abs(angle) > 0.05 else 0.0


def _geometry(evidence: Evidence, rotation: float, aspect: float) -> list[ChangeKind]:
    found, kinds = evidence.agreement, []
    in_a, in_b = found.overlap_a >= _WHOLE, found.overlap_b >= _WHOLE
    turned = abs(rotation) > 45
    if evidence.mirrored:
        kinds.append(ChangeKind.MIRRORED)
    if turned:
        kinds.append(ChangeKind.TURNED)
    elif abs(rotation) > 0.7:
        kinds.append(ChangeKind.ROTATED)
    if not in_a:
        kinds.append(ChangeKind.CROPPED)
    if in_a and not in_b:
        kinds.append(ChangeKind.PART_OF if found.overlap_b < 0.35 else ChangeKind.BORDERED)
    if abs(math.log(aspect)) > 0.03:
        kinds.append(ChangeKind.STRETCHED)
    return kinds


def _tones(found: Agreement) -> list[ChangeKind]:
    kinds = []
    middle = found.gain * 128 + found.offset - 128
    if abs(middle) > 8:
        kinds.append(ChangeKind.BRIGHTER if middle > 0 else ChangeKind.DARKER)
    if abs(math.log(max(found.gain, 0.05))) > 0.15:
        kinds.append(ChangeKind.CONTRAST)
    if found.chroma_gain < 0.08:
        kinds.append(ChangeKind.GRAY)
    elif found.colour > 0.1 or abs(math.log(found.chroma_gain)) > 0.2:
        kinds.append(ChangeKind.COLOUR)
    if found.differing > 0.01:
        kinds.append(ChangeKind.OVERLAY)
    return kinds
