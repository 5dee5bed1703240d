"""The tests of the keypoint descriptor: which pixels of a patch are compared.

A keypoint is described as in BRIEF/ORB: 256 comparisons "is pixel p darker than pixel q?" in the patch
turned to the keypoint's angle. Here the second half of the tests is the first half reflected across the
keypoint's axis. The descriptor of the *mirrored* picture is therefore the same bytes with both halves
swapped: one description serves both (ORB's own pattern would need a second one).

The 128 tests were drawn from a Gaussian within 15 px and chosen greedily for little correlation with each
other and with the direction of the patch, under an exponential autocorrelation of pixels (length 7 px): no
picture was used.
"""

from functools import lru_cache

import numpy as np

RADIUS = 15
"""The largest distance, in pixels of the keypoint's own scale, of a tested pixel from the keypoint."""
ANGLES = 256
"""Angles are kept in steps of 360/256 degrees, which fit one byte."""

# Four letters a test: x and y of p, x and y of q; "0" is -15, "?" is 0.
_TESTS = (
    "?D?=1=6@;>:D=<=8=J>8B>AFG;E@2E5<6E6AFFFIJCE;9F56AACI75<>4?2C>?;55<7?C3@CDBH6A4A75:5?K>JFF9F=C;I6"
    "8@5@D<D?7<37K:J=?;?2E?K:9;3C?G@DI@I;BGCD;=:@;845:D:3>8=2A1A4?7@2EHBDGGK81>3B<B<?J?KB96<:M<H?@B@F"
    "<G<JK7H:I=K@7:4>7;8>5E8E989=E2D=HBMD5G1<675:78::FCJE5;8:=@<DMBGF>L?IDFDI=A>DAI@F7C4C;C;GH?GB<9=5"
    "9=49>@==H3E7492=567:F7G;C>BAG9D<E?D9I;F<N?M;@AA>9@9CC<EB3>6CG@HDB?BBADAG9D1C7@9=8J<FG<J=E:F6B2C5"
    "584<L<I;C2C9C=E:6?7<A>@;HFHAA7F2AEBBF?EBF8E;H=K==?><;=<9?5?9H8L82F7JE4D78E8H92><8=8C=3:1<H:LKFHH"
    "7;88HIN?JGGI9L9I6F3EBJ?1J;G:BDAA"
)


def _tests() -> np.ndarray:
    """The 256 tests as int array (256, 2 pixels, xy)."""
    half = (np.frombuffer(_TESTS.encode(), np.uint8).astype(int) - ord("0") - RADIUS).reshape(-1, 2, 2)
    return np.concatenate([half, half * (1, -1)])


@lru_cache(1)
def turned_tests() -> np.ndarray:
    """The tests turned to every angle: int8 (ANGLES, 256, 2 pixels, xy). Not to be written to."""
    angle = np.arange(ANGLES) * (2 * np.pi / ANGLES)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])  # row vectors
    turned: np.ndarray = np.rint(np.einsum("tpi,ija->atpj", _tests(), turn)).astype(np.int8)
    return turned


def mirrored(binary: np.ndarray) -> np.ndarray:
    """Descriptors (n, 32) of the same keypoints in the mirrored picture: both halves change places."""
    return np.concatenate([binary[:, 16:], binary[:, :16]], axis=1)
