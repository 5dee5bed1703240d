"""Colours and palettes: all drawings take them from here, so that the collection looks like one hand."""

from __future__ import annotations

import math
from dataclasses import dataclass

Colour = tuple[int, int, int]


def hexa(text: str) -> Colour:
    """'#e8d9c0' or 'e8d9c0' as red, green, blue (0…255)."""
    text = text.removeprefix("#")
    return int(text[0:2], 16), int(text[2:4], 16), int(text[4:6], 16)


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """`share` of b in a, 0…1."""
    return tuple(round(x + (y - x) * share) for x, y in zip(a, b, strict=True))  # type: ignore[return-value]


def lighter(colour: Colour, share: float) -> Colour:
    """Towards a warm white."""
    return mix(colour, (255, 252, 244), share)


def darker(colour: Colour, share: float) -> Colour:
    """Towards a cool black: shadows that are only grey look dirty."""
    return mix(colour, (18, 16, 32), share)


def oklch(lightness: float, chroma: float, hue: float) -> Colour:
    """Perceptual lightness 0…1, chroma 0…0.3, hue in degrees (Björn Ottosson's OKLab), clipped to sRGB."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    return _gamma(linear[0]), _gamma(linear[1]), _gamma(linear[2])


def _gamma(value: float) -> int:
    value = min(max(value, 0.0), 1.0)
    return round(255 * (12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055))


@dataclass(frozen=True, slots=True)
class Mood:
    """The light of a landscape: sky from top to horizon, sun, far and near land, water, one accent."""

    sky: tuple[Colour, ...]
    sun: Colour
    far: Colour
    near: Colour
    water: Colour
    accent: Colour
    night: bool = False


def _mood(sky: str, sun: str, far: str, near: str, water: str, accent: str, *, night: bool = False) -> Mood:
    stops = tuple(hexa(stop) for stop in sky.split())
    return Mood(stops, hexa(sun), hexa(far), hexa(near), hexa(water), hexa(accent), night)


MOODS = {
    "dawn": _mood("6f8fb4 b9b9c8 f0cdb4 f9e2c0", "fff1d0", "a99fb6", "37424f", "9fb0bf", "d9825b"),
    "noon": _mood("3f86c0 7fb6dc b9dcec e6f1ee", "fffbe8", "8fb3c4", "2f5a43", "4f9db3", "e0643c"),
    "dusk": _mood("2c2f5e 6a4c86 c7668a f4a26b fbd08a", "ffd99a", "7a5680", "231f3d", "8a5b86", "ffb25e"),
    "night": _mood(
        "0a1230 152450 274272 4d6c94", "eef2ff", "2c4568", "0b1428", "1d355c", "ffd58a", night=True
    ),
    "autumn": _mood("7fa0b0 c3cdc6 efe2c4 f7e3b5", "fff0c8", "b39a8c", "5a3324", "8fa3a0", "c9552b"),
    "winter": _mood("8fa9c4 bccbdb dfe4ea f3efee", "fff8ee", "a9bacb", "3d5064", "a9c0d0", "b8473f"),
    "storm": _mood("2d3640 4a5660 75828a a7ada8", "e9e6d2", "626e76", "20292b", "56646b", "d6b04a"),
    "desert": _mood("4c9bb0 9cc9c4 f1dfb6 f8c98e", "fff3cf", "d59a72", "8a4528", "7fb3ad", "2f7d78"),
    "tropic": _mood("2a8fb8 5fc0cf a5e0d4 f3f1d0", "fffbe0", "6fb5b0", "14564a", "23a3a5", "ff7a59"),
    "mist": _mood("a9b7b9 c3cdcb dbdfd8 ebe9de", "fffaf0", "b4bfbe", "3f5654", "b3c0be", "b0674a"),
    "rose": _mood("7a6fa8 b58bb5 eab0b8 fbd9c6", "fff0e4", "a585ab", "43305a", "b594b8", "f06f6f"),
    "gold": _mood("b46a3c e09a4e f6c56c fdebb0", "fffbe2", "c98d55", "4a2a20", "d9a45c", "3f6f78"),
    "aurora": _mood(
        "071426 0c2a3d 17505a 3d8a7f", "eafff5", "1d4a55", "06141c", "123d4a", "8dffc9", night=True
    ),
    "spring": _mood("6aaed6 a8d3e6 d9ecec f5f3dc", "fffdf0", "a3c4b5", "3f7a3e", "86bccb", "f0a0b4"),
}


@dataclass(frozen=True, slots=True)
class Scheme:
    """Colours for made things: a light ground, a dark ink, and accents that go with both."""

    ground: Colour
    ink: Colour
    accents: tuple[Colour, ...]


def _scheme(ground: str, ink: str, accents: str) -> Scheme:
    return Scheme(hexa(ground), hexa(ink), tuple(hexa(accent) for accent in accents.split()))


SCHEMES = {
    "clay": _scheme("f0e4d6", "3a2a26", "c8643f e3a46b 7d8f7a 4f5d68 a63d40"),
    "sea": _scheme("e4eeee", "16303c", "1f6f8b 5fb3b3 f2b134 ed553b 99c1b9"),
    "moss": _scheme("ecebdc", "26301f", "5c7a3d a9b665 d99a2b 7a4e2d 385a5a"),
    "plum": _scheme("f1e6ea", "2e1f33", "7b3f72 c06c84 f8b195 355c7d 6c5b7b"),
    "citrus": _scheme("fbf3dd", "2b2a28", "f29f05 f25c05 88a61b 0f7173 d6d58e"),
    "nordic": _scheme("e8ecef", "1f2933", "4a6fa5 b8c4d0 d97b66 f2c57c 6b8f71"),
    "retro": _scheme("f4e9cd", "2a2b2a", "d1495b edae49 00798c 30638e 66a182"),
    "slate": _scheme("dfe3e6", "20262b", "546a7b 9ea3b0 c44536 e2c044 62929e"),
    "berry": _scheme("f7ebe6", "33202a", "b23a48 fcb9b2 8c2f39 3d5a80 e0b1cb"),
    "ink": _scheme("f3f0e8", "1b1b1e", "373f51 58a4b0 a9bcd0 d8dbe2 d64933"),
}
