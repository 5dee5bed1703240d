"""What is kept of a picture to compare it with others: keypoints, a global hash, a thumbnail.

`describe` is a plain, deterministic function of pixels, so that it can run in any worker process. The gray
picture is brought to 400 px on its long side; there its keypoints are found (`keypoints`) and described by
comparisons of our own mirror-symmetric pattern (`pattern`).
"""

import hashlib
import struct
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

import cv2
import numpy as np

from dupedash.embedded.describe import drawing, pdq
from dupedash.embedded.describe.sequence import SINGLE, Sequence
from dupedash.embedded.describe.shrink import resized
from dupedash.images import Frames
from dupedash.images.marks.measure import MARKS_SIZE, Marks, measure
from dupedash.images.reduce import is_flat, lengthened

VERSION = 7
"""Counts changes of the description: descriptors of different versions must not be compared."""

SIDE = 400
"""Long side of the picture in which keypoints are found, in pixels; that of very long pictures is longer."""
THUMB_SIDE = 256
"""Long side of the colour thumbnail that the pixel check looks at: in 160 px all text looks alike. That of
very long pictures is longer."""
_SMALL_THUMB = 160
"""That of pictures which are no larger: enlarged they would seem to have lost detail."""
_SMALLEST = 16  # pixels of the short side at least, however narrow the picture is
_JPEG_QUALITY = 80  # of the thumbnail: half the bytes of 95
_HEAD = struct.Struct("<HIIHHBHIIII")


@dataclass(frozen=True, slots=True, eq=False)
class Descriptor:
    """A picture as the engine sees it.

    `points` (n, 2) uint16 in `POSITION_UNIT`, `octaves` (n,) uint8, `angles` (n,) uint8 in 1/256 turns,
    `binary` (n, 32) uint8; `pdq` 32 bytes, `pdq_quality` 0–100; `thumb` a JPEG of `THUMB_SIDE`; `height`,
    `width` of the pixels that were described. `reason` says why a picture cannot be compared, and is empty
    if it can. `marks` are those of the picture at full resolution. `beneath` is a second thumbnail, of a
    picture with transparent parts over the other background; `sequence` tells the frames or pages of which
    this is the first. `drawing` is the sharp gray picture of a drawing (see `drawing`), else empty.
    """

    points: np.ndarray
    octaves: np.ndarray
    angles: np.ndarray
    binary: np.ndarray
    pdq: bytes
    pdq_quality: int
    thumb: bytes
    height: int
    width: int
    reason: str
    marks: Marks
    beneath: bytes = b""
    sequence: Sequence = SINGLE
    drawing: bytes = b""

    @property
    def comparable(self) -> bool:
        return not self.reason

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the 400 px picture in which the keypoints lie."""
        return working_size(self.height, self.width)

    def to_bytes(self) -> bytes:
        reason, sequence = self.reason.encode(), self.sequence.to_bytes()
        head = _HEAD.pack(
            VERSION,
            self.height,
            self.width,
            len(self.points),
            len(reason),
            self.pdq_quality,
            len(self.pdq),
            len(self.thumb),
            len(self.beneath),
            len(sequence),
            len(self.drawing),
        )
        arrays = [self.points.tobytes(), self.octaves.tobytes(), self.angles.tobytes(), self.binary.tobytes()]
        pictures = [self.thumb, self.beneath, sequence, self.drawing, self.marks.to_bytes()]
        return b"".join([head, *arrays, self.pdq, reason, *pictures])

    @staticmethod
    def from_bytes(data: bytes) -> "Descriptor":
        """Read `to_bytes` back. Raises ValueError for another version or damaged bytes."""
        if len(data) < _HEAD.size:
            raise ValueError("descriptor is cut short; index the image again")
        version, height, width, n, n_reason, quality, *lengths = _HEAD.unpack_from(data)
        if version != VERSION:
            raise ValueError(
                f"descriptor has version {version}, this program makes {VERSION}; index the image again"
            )
        if len(data) != _HEAD.size + n * 38 + n_reason + sum(lengths) + MARKS_SIZE:
            raise ValueError("descriptor has a wrong length; index the image again")
        at = _HEAD.size
        points = np.frombuffer(data, np.uint16, n * 2, at).reshape(n, 2)
        octaves = np.frombuffer(data, np.uint8, n, at + n * 4)
        angles = np.frombuffer(data, np.uint8, n, at + n * 5)
        binary = np.frombuffer(data, np.uint8, n * 32, at + n * 6).reshape(n, 32)
        at += n * 38
        ends = np.cumsum([at, lengths[0], n_reason, *lengths[1:]]).tolist()
        whole, reason, thumb, beneath, rest, drawn = (data[i:j] for i, j in pairwise(ends))
        return Descriptor(
            points, octaves, angles, binary, whole, quality, thumb, height, width, reason.decode(),
            Marks.from_bytes(data[-MARKS_SIZE:]), beneath, Sequence.from_bytes(rest), drawn,
        )  # fmt: skip


def describe(
    pixels: np.ndarray,
    beneath: np.ndarray | None = None,
    frames: Frames | None = None,
    marks: Marks | None = None,
) -> Descriptor:
    """Describe an upright RGB picture, uint8 (height, width, 3), of any size; `beneath` and `frames` as in
    `images.Picture`, `marks` of it at full resolution, where that is not this one."""
    from dupedash.embedded.describe.keypoints import keypoints  # compiled: only who describes loads that

    height, width = pixels.shape[:2]
    sharp = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    gray = resized(sharp, working_size(height, width))
    points, octaves, angles, binary = keypoints(gray)
    thumb = _thumb(pixels)
    whole, quality = pdq.compute(resized(thumb, (pdq.SIDE, pdq.SIDE)))
    return Descriptor(
        points, octaves, angles, binary, whole, quality, _encode(thumb),
        height, width, _why_not(gray, len(points), quality), marks or measure(pixels),
        b"" if beneath is None else _encode(_thumb(beneath)),
        SINGLE if frames is None else Sequence.of(frames, [_encode(_thumb(p)) for p in frames.pixels]),
        _drawing(sharp, gray),
    )  # fmt: skip


def _thumb(pixels: np.ndarray) -> np.ndarray:
    height, width = pixels.shape[:2]
    side = min(THUMB_SIDE, max(_SMALL_THUMB, height, width))
    return resized(pixels, _scaled(height, width, side, 8))


def working_size(height: int, width: int) -> tuple[int, int]:
    return _scaled(height, width, SIDE, _SMALLEST)


def _scaled(height: int, width: int, side: int, smallest: int) -> tuple[int, int]:
    factor = lengthened(side, (height, width)) / max(height, width)
    return max(smallest, round(height * factor)), max(smallest, round(width * factor))


def _encode(thumb: np.ndarray) -> bytes:
    settings = [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY]
    return cv2.imencode(".jpg", cv2.cvtColor(thumb, cv2.COLOR_RGB2BGR), settings)[1].tobytes()


def _drawing(sharp: np.ndarray, gray: np.ndarray) -> bytes:
    if not drawing.is_drawing(gray):
        return b""
    height, width = sharp.shape
    size = _scaled(height, width, drawing.SIDE, 1)
    return drawing.encode(resized(sharp, size) if max(size) < max(sharp.shape) else sharp)


def _why_not(gray: np.ndarray, n: int, quality: int) -> str:
    if is_flat(gray):
        return "flat: nothing to compare"
    if n < 8 and quality < 10:
        return "too little content to compare"
    return ""


@cache
def warm_up() -> None:
    """Load what describes a picture, and the compiled code: that takes a quarter of a second, once."""
    describe(np.random.default_rng(0).integers(0, 255, (_SMALL_THUMB, _SMALL_THUMB, 3), np.uint8))


WARM_UP = f"{__name__}:{warm_up.__name__}"
"""As `dupedash.workers` wants it."""


@lru_cache(1024)
def decode_thumb(thumb: bytes) -> np.ndarray:
    """A thumbnail's pixels: uint8 (h, w, 3) in YCrCb. Not to be written to."""
    bgr = cv2.imdecode(np.frombuffer(thumb, np.uint8), cv2.IMREAD_COLOR)
    pixels: np.ndarray = cv2.cvtColor(bgr, cv2.COLOR_BGR2YCrCb)
    return pixels


def digest(descriptor: Descriptor) -> bytes:
    """A short key of the content: equal for equal descriptors. It also gives pairs their canonical order."""
    return hashlib.blake2b(descriptor.to_bytes(), digest_size=16).digest()
