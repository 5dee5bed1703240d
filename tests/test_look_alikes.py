"""Pictures that resemble each other and are no duplicates, beside edits that resemble them and are."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from dupedash.embedded.compare import pairs
from dupedash.embedded.compare.agreement import Agreement
from dupedash.embedded.compare.score import score
from dupedash.embedded.compare.verify import verify
from dupedash.embedded.describe.descriptor import describe
from tests.embedded_pictures import form, jpeg, labelled, scene


def agreement(a: np.ndarray, b: np.ndarray) -> Agreement:
    return verify(describe(a), describe(b)).agreement


def matches(a: np.ndarray, b: np.ndarray) -> bool:
    return score(verify(describe(a), describe(b))) >= 0.7


def shop_picture(colour: tuple[int, int, int]) -> np.ndarray:
    """A thing of that colour, with a texture and a blue label, on a table of wood."""
    random = np.random.default_rng(8)
    grain = cv2.resize(random.normal(0, 14, (60, 12)).astype(np.float32), (480, 360))[..., None]
    picture = np.array([196, 160, 118]) + grain
    thing = np.zeros((360, 480), np.uint8)
    cv2.ellipse(thing, (240, 190), (120, 100), 0, 0, 360, 255, -1)
    cv2.rectangle(thing, (320, 60), (350, 180), 255, -1)
    weave = cv2.resize(random.normal(0, 16, (72, 96)).astype(np.float32), (480, 360))[..., None]
    picture = np.where(thing[..., None] > 0, np.array(colour) + weave, picture)
    picture[190:230, 190:290] = (40, 70, 170)
    return np.clip(picture, 0, 255).astype(np.uint8)


def page(texts: int, shared: int = 8) -> np.ndarray:
    """A printed page: every `shared`-th line is the same for all `texts`, the others are their own."""
    sheet = np.full((640, 480, 3), 248, np.uint8)
    cv2.rectangle(sheet, (0, 0), (480, 56), (40, 90, 120), -1)
    write(sheet, "NORTHERN TRADING", (24, 38), 0.9, (255, 255, 255))
    for number, y in enumerate(range(96, 620, 24)):
        random = np.random.default_rng((number, 0 if number % shared == 0 else texts))
        letters = "".join(chr(97 + c) for c in random.integers(0, 26, 26))
        write(sheet, f"{letters[:7]} {letters[7:12]} {letters[12:20]}", (24, y), 0.55, (20, 20, 30))
        write(sheet, f"{random.integers(10, 9999)}.{random.integers(10, 99)}", (370, y), 0.55, (20, 20, 30))
    return sheet


def write(
    picture: np.ndarray, text: str, at: tuple[int, int], size: float, ink: tuple[int, int, int]
) -> None:
    cv2.putText(picture, text, at, cv2.FONT_HERSHEY_SIMPLEX, size, ink, 1 + (size > 0.8), cv2.LINE_AA)


def hues_turned(picture: np.ndarray) -> np.ndarray:
    """All hues a quarter of a turn further, brightness as it was."""
    gray, red, blue = cv2.split(cv2.cvtColor(picture, cv2.COLOR_RGB2YCrCb))
    return cv2.cvtColor(cv2.merge([gray, 255 - blue, red]), cv2.COLOR_YCrCb2RGB)


def saturated(picture: np.ndarray, factor: float) -> np.ndarray:
    gray = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)[..., None].astype(float)
    return np.clip(gray + (picture - gray) * factor, 0, 255).astype(np.uint8)


def tinted(picture: np.ndarray) -> np.ndarray:
    return np.clip(picture * np.array([1.12, 1.0, 0.84]), 0, 255).astype(np.uint8)


def duotone(picture: np.ndarray) -> np.ndarray:
    gray = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)[..., None] / 255
    return (np.array([40, 20, 90]) * (1 - gray) + np.array([250, 220, 170]) * gray).astype(np.uint8)


def with_badge(picture: np.ndarray) -> np.ndarray:
    copy = picture.copy()
    cv2.circle(copy, (90, 90), 60, (20, 150, 60), -1, cv2.LINE_AA)
    return copy


# ---- the same thing in another colour

RED, GREEN, BLUE = (186, 52, 44), (52, 150, 62), (50, 80, 190)
BLACK, GRAY = (38, 37, 40), (128, 127, 130)


@pytest.mark.parametrize("other", [GREEN, BLUE, BLACK, GRAY])
def test_a_thing_in_another_colour_is_no_duplicate(other: tuple[int, int, int]) -> None:
    one, two = shop_picture(RED), shop_picture(other)
    assert agreement(one, two).recoloured > 0.1
    assert not matches(one, two)
    assert not matches(one, jpeg(two, 60))


def flag(*colours: tuple[int, int, int]) -> np.ndarray:
    return np.repeat(np.array(colours, np.uint8), 100, axis=0)[:, None].repeat(450, axis=1)


def test_flags_with_other_stripes_are_no_duplicates() -> None:
    white, red = (255, 255, 255), (205, 30, 50)
    for last in ((30, 70, 160), (60, 120, 60)):
        assert not matches(flag(red, white, red), flag(red, white, last))
    assert matches(flag(red, white, (60, 120, 60)), saturated(flag(red, white, (60, 120, 60)), 0.5))


@pytest.mark.parametrize("edit", [tinted, duotone, with_badge, labelled])
def test_a_filter_or_an_overlay_gives_nothing_another_colour(edit) -> None:
    for picture in (shop_picture(RED), scene(1)):
        assert agreement(picture, edit(picture)).recoloured < 0.005
        assert matches(picture, edit(picture))


def test_an_icon_on_a_plain_wall_is_no_thing_in_another_colour() -> None:
    wall = shop_picture(RED)
    wall[:, :130] = (90, 120, 190)
    with_icon = wall.copy()
    cv2.circle(with_icon, (62, 180), 52, (210, 60, 40), -1, cv2.LINE_AA)
    assert agreement(wall, with_icon).recoloured < 0.005
    assert matches(wall, with_icon)


@pytest.mark.parametrize("factor", [0.0, 0.4, 1.6, 2.2])
def test_more_or_less_saturation_gives_nothing_another_colour(factor: float) -> None:
    for picture in (shop_picture(RED), scene(1)):
        assert agreement(picture, saturated(picture, factor)).recoloured < 0.01
        assert matches(picture, saturated(picture, factor))


def test_turning_all_hues_of_a_colourful_picture_is_a_filter() -> None:
    turned = hues_turned(scene(1))
    assert agreement(scene(1), turned).recoloured < 0.01
    assert matches(scene(1), turned)


def test_turning_the_hues_of_several_things_on_gray_is_a_filter() -> None:
    things = cv2.cvtColor(cv2.cvtColor(scene(2), cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    for place, (shape, colour) in enumerate(
        zip((0, 1, 0, 1), (RED, GREEN, BLUE, (190, 170, 40)), strict=True)
    ):
        box = slice(60 + 150 * shape, 160 + 150 * shape), slice(60 + 100 * place, 130 + 100 * place)
        things[box] = np.clip(things[box] * 0.3 + np.array(colour) * 0.7, 0, 255).astype(np.uint8)
    turned = hues_turned(things)
    assert agreement(things, turned).recoloured < 0.01
    assert matches(things, turned)


def test_a_picture_of_one_hue_up_to_its_rim_was_filtered() -> None:
    gray = cv2.cvtColor(cv2.cvtColor(scene(3), cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    red = np.clip(gray * 0.4 + np.array(RED) * 0.6, 0, 255).astype(np.uint8)
    red[100:260, 120:360] = gray[100:260, 120:360]
    turned = hues_turned(red)
    assert agreement(red, turned).recoloured < 0.01
    assert matches(red, turned)


# ---- other text in the same layout


def test_other_text_on_the_same_form_is_no_duplicate() -> None:
    found = agreement(page(1), page(2)).detail
    assert found.half_alike + found.unlike > 0.15
    assert not matches(page(1), page(2))
    assert not matches(page(1), jpeg(page(2), 60))


@pytest.mark.parametrize("shared", [2, 3])
def test_not_even_where_every_second_or_third_line_is_the_same(shared: int) -> None:
    assert not matches(page(1, shared), page(2, shared))


def stamped(sheet: np.ndarray) -> np.ndarray:
    copy = sheet.copy()
    cv2.circle(copy, (380, 560), 60, (180, 30, 40), 4, cv2.LINE_AA)
    cv2.putText(copy, "PAID", (335, 572), cv2.FONT_HERSHEY_SIMPLEX, 1.1, (180, 30, 40), 3, cv2.LINE_AA)
    return copy


def across(sheet: np.ndarray) -> np.ndarray:
    copy = sheet.copy()
    cv2.putText(copy, "COPY", (60, 420), cv2.FONT_HERSHEY_SIMPLEX, 4, (200, 60, 60), 10, cv2.LINE_AA)
    return copy


@pytest.mark.parametrize("edit", [stamped, across, lambda sheet: jpeg(sheet, 40)])
def test_text_put_over_a_form_is_an_edit(edit) -> None:
    found = agreement(page(1), edit(page(1))).detail
    assert found.half_alike + found.exchanged < 0.05
    assert matches(page(1), edit(page(1)))


def test_a_blurred_copy_has_no_other_detail() -> None:
    blurred = cv2.GaussianBlur(page(1), (0, 0), 2.5)
    found = agreement(page(1), blurred).detail
    assert found.half_alike + found.unlike < 0.1
    assert matches(page(1), blurred)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_an_opaque_box_is_one_overlay_and_does_not_bend_the_tones_of_the_rest(seed) -> None:
    picture = scene(seed)
    boxed = picture.copy()
    boxed[150:200] = (250, 250, 250)
    write(boxed, "ONLY TODAY", (60, 188), 1.2, (10, 10, 10))
    found = agreement(picture, boxed)
    assert found.correlation > 0.95
    assert abs(found.brightness) < 3
    assert found.detail.exchanged < 0.01
    assert matches(picture, boxed)


@pytest.mark.parametrize("blur", [4, 5, 6])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_page_of_text_is_known_however_blurred_and_no_other_page_of_its_form(
    seed: int, blur: float
) -> None:
    own, other = (jpeg(cv2.GaussianBlur(form(n), (0, 0), blur), 85) for n in (seed, seed + 50))
    found, none = (pairs.judge(describe(form(seed)), describe(copy), (False,)) for copy in (own, other))
    assert found.score >= 0.7
    assert none.score < 0.7
