"""Why two pictures match, read from the registration and from what differs under it."""

import math

import numpy as np

from dupedash.embedded.compare.agreement import Agreement, Box, differing_boxes
from dupedash.embedded.compare.signs import signs
from dupedash.embedded.compare.verify import Evidence, thumbs
from dupedash.embedded.describe.descriptor import Descriptor
from dupedash.model import ChangeKind, Explanation

_WHOLE = 0.955
"""Overlap from which a picture counts as seen as a whole: registration is not exact to the pixel."""


def explain(evidence: Evidence, a: Descriptor, b: Descriptor) -> Explanation:
    """What happened to a that made it b, most important first."""
    found = evidence.agreement
    across, down = (float(np.linalg.norm(axis)) for axis in evidence.pixel_axes)
    boxes = _boxes(evidence, a, b)
    aspect = across / max(down, 1e-9)
    told = signs(evidence, a, b, boxes)
    kinds = list(dict.fromkeys((*_geometry(evidence, aspect), *_tones(found, boxes), *told.kinds)))
    if not kinds and told.slight:
        kinds = [ChangeKind.SLIGHT]
    if not kinds:
        kinds = [ChangeKind.RESIZED if evidence.size_a != evidence.size_b else ChangeKind.RE_ENCODED]
    return Explanation(
        tuple(kinds),
        tuple(float(x) for x in _with_mirror(evidence).ravel()),
        evidence.mirrored,
        found.overlap_a,
        found.overlap_b,
        evidence.rotation if abs(evidence.rotation) > 0.05 else 0.0,
        math.sqrt(across * down),
        aspect,
        evidence.inliers,
        boxes,
        told.a,
        told.b,
    )


def _boxes(evidence: Evidence, a: Descriptor, b: Descriptor) -> tuple[Box, ...]:
    """Where b differs from a."""
    if not evidence.agreement.overlap_a or not evidence.agreement.differing:
        return ()
    boxes = differing_boxes(*thumbs(a, b, evidence.mirrored, evidence.unit_matrix))
    if not evidence.mirrored:
        return tuple(boxes)
    return tuple((1 - x1, y0, 1 - x0, y1) for x0, y0, x1, y1 in boxes)


def _with_mirror(evidence: Evidence) -> np.ndarray:
    """The map onto b as it is, not onto its mirror image."""
    if not evidence.mirrored:
        return evidence.unit_matrix
    affine: np.ndarray = np.array([[-1, 0], [0, 1]]) @ evidence.unit_matrix + np.array([[0, 0, 1], [0, 0, 0]])
    return affine


def _geometry(evidence: Evidence, aspect: float) -> list[ChangeKind]:
    found, kinds = evidence.agreement, []
    in_a, in_b = found.overlap_a >= _WHOLE, found.overlap_b >= _WHOLE
    if evidence.mirrored:
        kinds.append(ChangeKind.MIRRORED)
    if evidence.turned:
        kinds.append(ChangeKind.TURNED)
    elif abs(evidence.rotation) > 0.7:
        kinds.append(ChangeKind.ROTATED)
    if not in_a:
        kinds.append(ChangeKind.CROPPED)
    if in_a and not in_b:
        kinds.append(ChangeKind.PART_OF if found.overlap_b < 0.35 else ChangeKind.BORDERED)
    if abs(math.log(aspect)) > 0.03:
        kinds.append(ChangeKind.STRETCHED)
    return kinds


def _tones(found: Agreement, boxes: tuple[Box, ...]) -> list[ChangeKind]:
    kinds = []
    if abs(found.brightness) > 6:
        kinds.append(ChangeKind.BRIGHTER if found.brightness > 0 else ChangeKind.DARKER)
    if abs(math.log(max(found.gain, 0.05))) > 0.15:
        kinds.append(ChangeKind.CONTRAST)
    if found.chroma_gain < 0.2:
        kinds.append(ChangeKind.GRAY)
    elif found.colour > 0.1 or abs(math.log(found.chroma_gain)) > 0.2:
        kinds.append(ChangeKind.COLOUR)
    if boxes and found.differing > 0.005:
        kinds.append(ChangeKind.OVERLAY)
    return kinds
