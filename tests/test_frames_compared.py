"""Animations, documents of several pages, transparent and very long pictures are compared as a whole."""

from __future__ import annotations

import base64
import io
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from dupedash.embedded.compare.pairs import Judged, judge
from dupedash.embedded.describe.analysis import analyze, from_json, to_json
from dupedash.embedded.describe.descriptor import Descriptor
from dupedash.errors import ConfigError
from dupedash.model import ChangeKind
from tests.embedded_pictures import form, scene

CLIP = [Image.fromarray(scene(seed, 120, 160)) for seed in range(6)]


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def animated(images: list[Image.Image], kind: str, duration: int | list[int] = 100, **options: Any) -> bytes:
    return saved(
        images[0], kind, save_all=True, append_images=images[1:], duration=duration, loop=0, **options
    )


def pages(*seeds: int, size: tuple[int, int] = (400, 560), **options: Any) -> bytes:
    images = [Image.fromarray(form(seed)).resize(size, Image.Resampling.LANCZOS) for seed in seeds]
    return saved(images[0], "TIFF", save_all=True, append_images=images[1:], **options)


def described(data: bytes) -> Descriptor:
    return Descriptor.from_bytes(analyze(data).descriptor)


def compared(a: bytes, b: bytes) -> Judged:
    one, other = described(a), described(b)
    forth, back = judge(one, other, (False,)), judge(other, one, (False,))
    assert forth.score == back.score
    return forth


def test_an_animation_is_found_in_another_format_and_size():
    moving = animated(CLIP, "PNG")
    assert compared(moving, animated(CLIP, "WEBP", quality=90)).score >= 0.95
    half = [image.resize((120, 90), Image.Resampling.LANCZOS) for image in CLIP]
    assert compared(moving, animated(half, "GIF")).score >= 0.7


def test_animations_with_other_scenes_after_the_first_frame_do_not_match():
    other = [CLIP[0], *(Image.fromarray(scene(seed, 120, 160)) for seed in range(20, 25))]
    assert compared(animated(CLIP, "GIF"), animated(other, "GIF")).score < 0.7


@pytest.mark.parametrize("late", [3, 5])
def test_one_other_frame_leaves_the_exact_band(late: int):
    other = [*CLIP]
    other[late] = Image.fromarray(scene(30, 120, 160))
    found = compared(animated(CLIP, "PNG"), animated(other, "PNG"))
    assert 0.7 <= found.score < 0.95


def test_other_durations_leave_the_exact_band():
    assert compared(animated(CLIP, "GIF", 100), animated(CLIP, "GIF", 250)).score < 0.95
    slow_end = [100] * 5 + [900]
    assert 0.7 <= compared(animated(CLIP, "GIF", 100), animated(CLIP, "GIF", slow_end)).score < 0.95


def test_a_still_is_no_exact_copy_of_an_animation_and_the_reason_is_told():
    still, moving = saved(CLIP[0], "PNG"), animated(CLIP, "PNG")
    found = compared(still, moving)
    assert found.score < 0.95
    kinds = found.explanation(described(still), described(moving)).kinds
    assert kinds[0] is ChangeKind.FRAMES


def test_a_dropped_frame_is_found_by_the_time_at_which_the_others_are_shown():
    fewer = animated(CLIP[:2] + CLIP[3:], "GIF", [100, 200, 100, 100, 100])
    assert 0.7 <= compared(animated(CLIP, "GIF"), fewer).score < 0.95


def test_a_long_animation_of_which_some_frames_are_compared_is_found_but_not_exact():
    frames = [Image.fromarray(np.roll(np.asarray(CLIP[0]), 3 * n, axis=1)) for n in range(40)]
    half = [frame.resize((120, 90)) for frame in frames]
    assert 0.7 <= compared(animated(frames, "PNG"), animated(half, "PNG")).score < 0.95
    assert (
        compared(animated(frames, "PNG"), animated([*frames[:1], *reversed(frames[1:])], "PNG")).score < 0.7
    )


def test_a_black_frame_is_like_another_black_one_and_unlike_a_picture():
    black = Image.new("RGB", CLIP[0].size)
    fading, other = [*CLIP[:3], black], [*CLIP[:3], CLIP[5]]
    assert compared(animated(fading, "PNG"), animated(fading, "WEBP", quality=90)).score >= 0.95
    assert compared(animated(fading, "PNG"), animated(other, "PNG")).score < 0.95


def test_documents_with_one_cover_and_other_pages_do_not_match():
    assert compared(pages(1, 2, 3, 4), pages(1, 5, 6, 7)).score < 0.7
    assert compared(pages(1, 2, 3, 4), pages(1, 5, 6, 7, 8)).score < 0.7


def test_the_same_pages_in_another_order_are_another_document():
    assert compared(pages(1, 2, 3, 4), pages(1, 3, 2, 4)).score < 0.95


def test_a_document_scanned_once_and_saved_smaller_is_found():
    small = pages(1, 2, 3, size=(300, 420), compression="jpeg", quality=60)
    assert compared(pages(1, 2, 3), small).score >= 0.7
    assert compared(pages(1, 2, 3), pages(1, 2, 3, compression="jpeg", quality=90)).score >= 0.95


def test_one_page_is_not_the_document():
    assert compared(pages(1), pages(1, 2, 3, 4, 5)).score < 0.7


def test_a_smaller_version_within_a_tiff_is_no_page():
    large, small = Image.fromarray(scene(1)), Image.fromarray(scene(1)).resize((60, 45))
    small.encoderinfo = {"tiffinfo": {254: 1}}
    both = saved(large, "TIFF", save_all=True, append_images=[small])
    assert compared(both, saved(large, "PNG")).score >= 0.95


def logo(seed: int, colour: tuple[int, int, int], size: int = 400) -> Image.Image:
    """Bars and discs on a transparent ground."""
    random = np.random.default_rng(seed)
    alpha = np.zeros((300, 400), np.uint8)
    for _ in range(7):
        x, y, r = (int(v) for v in random.integers((30, 30, 8), (370, 270, 45)))
        if random.integers(2):
            cv2.circle(alpha, (x, y), r, 255, -1, cv2.LINE_AA)
        else:
            cv2.rectangle(alpha, (x, y), (x + 2 * r, y + r // 2), 255, -1, cv2.LINE_AA)
    picture = Image.new("RGB", (400, 300), colour)
    picture.putalpha(Image.fromarray(alpha))
    return picture.resize((size, size * 3 // 4), Image.Resampling.LANCZOS)


@pytest.mark.parametrize("colour", [(255, 255, 255), (0, 0, 0), (250, 246, 240), (128, 128, 128)])
def test_drawings_on_a_transparent_ground_are_seen_in_any_colour(colour: tuple[int, int, int]):
    one = saved(logo(1, colour), "PNG")
    assert compared(one, saved(logo(1, colour, 800), "PNG")).score >= 0.95
    assert compared(one, saved(logo(2, colour), "PNG")).score < 0.7


@pytest.mark.parametrize(("colour", "ground"), [("white", "black"), ("black", "white"), ("teal", "white")])
def test_a_transparent_picture_is_found_flattened(colour: str, ground: str):
    layer = logo(3, Image.new("RGB", (1, 1), colour).getpixel((0, 0)))
    flat = Image.new("RGB", layer.size, ground)
    flat.paste(layer, mask=layer.getchannel("A"))
    assert compared(saved(layer, "PNG"), saved(flat, "JPEG", quality=90)).score >= 0.7


def test_white_parts_that_only_black_shows_tell_two_pictures_apart():
    def badge(seed: int) -> bytes:
        layer = logo(1, (20, 20, 20))
        layer.alpha_composite(logo(seed, (255, 255, 255)))
        return saved(layer, "PNG")

    assert compared(badge(5), badge(6)).score < 0.7


def chat(seed: int, height: int = 3600) -> Image.Image:
    """A long screenshot of bubbles with lines of text."""
    random = np.random.default_rng(seed)
    page = np.full((height, 284, 3), 236, np.uint8)
    cv2.rectangle(page, (0, 0), (284, 44), (90, 60, 30), -1)
    y = 60
    while y < height - 120:
        lines, mine = int(random.integers(1, 5)), bool(random.integers(2))
        x = 70 if mine else 14
        cv2.rectangle(
            page, (x, y), (x + 200, y + 14 + 16 * lines), (255, 255, 255) if mine else (200, 240, 205), -1
        )
        for n in range(lines):
            text = "".join(chr(97 + c) for c in random.integers(0, 26, int(random.integers(12, 24))))
            cv2.putText(
                page,
                text,
                (x + 8, y + 18 + 16 * n),
                cv2.FONT_HERSHEY_SIMPLEX,
                0.4,
                (30, 30, 30),
                1,
                cv2.LINE_AA,
            )
        y += 30 + 16 * lines
    return Image.fromarray(page)


@pytest.mark.parametrize("turn", [None, Image.Transpose.ROTATE_90])
def test_a_very_long_picture_keeps_its_detail(turn: Image.Transpose | None):
    one, other = (chat(n) if turn is None else chat(n).transpose(turn) for n in (1, 2))
    assert compared(saved(one, "PNG"), saved(one, "JPEG", quality=70)).score >= 0.95
    assert compared(saved(one, "PNG"), saved(other, "PNG")).score < 0.7


def test_a_descriptor_with_frames_survives_its_bytes():
    one = described(animated(CLIP, "GIF"))
    again = Descriptor.from_bytes(one.to_bytes())
    assert again.to_bytes() == one.to_bytes()
    assert (again.sequence.count, len(again.sequence.thumbs), again.sequence.paged) == (6, 6, False)
    assert len(one.to_bytes()) < 150_000


def with_descriptor(given: dict[str, Any], data: bytes) -> dict[str, Any]:
    return {**given, "descriptor": base64.b64encode(data).decode()}


def test_crafted_frames_are_refused():
    given = to_json(analyze(animated(CLIP, "GIF")))
    data = base64.b64decode(given["descriptor"])
    assert from_json(given).descriptor == data
    one = Descriptor.from_bytes(data)
    sequence = one.sequence.to_bytes()
    head, rest = data[: -len(sequence)], bytearray(sequence)
    rest[7:11] = np.float32(np.nan).tobytes()
    for damaged in (head + bytes(rest), data[:-3], head + sequence.replace(b"\xff\xd8", b"\0\0")):
        with pytest.raises(ConfigError, match="damaged"):
            from_json(with_descriptor(given, damaged))


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_an_animation_that_begins_black_is_compared_by_its_first_scene(kind: str):
    black = Image.new("RGB", CLIP[0].size)
    fading = animated([black, *CLIP], "PNG")
    assert not analyze(fading).skipped
    assert compared(fading, animated([black, *CLIP], kind)).score >= 0.9
    others = [Image.fromarray(scene(seed, 120, 160)) for seed in range(30, 36)]
    assert compared(fading, animated([black, *others], kind)).score < 0.7
    assert analyze(animated([black, Image.new("RGB", black.size, (2, 2, 2))], "PNG")).skipped


def volume(number: str) -> Image.Image:
    """The cover of a book: a photo, a title, and the number of the volume."""
    cover = np.full((860, 600, 3), (74, 50, 32), np.uint8)
    cover[200:620] = scene(3, 420, 600)
    cv2.putText(
        cover, "THE LONG ROAD", (60, 120), cv2.FONT_HERSHEY_DUPLEX, 1.9, (255, 255, 255), 3, cv2.LINE_AA
    )
    cv2.putText(
        cover, f"VOLUME {number}", (200, 710), cv2.FONT_HERSHEY_DUPLEX, 1.4, (230, 200, 90), 4, cv2.LINE_AA
    )
    return Image.fromarray(cover)


@pytest.mark.parametrize("other", ["2", "II", "7"])
def test_another_number_on_a_cover_is_no_exact_copy(other: str):
    first = saved(volume("1"), "PNG")
    pair = compared(first, saved(volume(other), "PNG"))
    assert pair.score < 0.95
    told = pair.explanation(described(first), described(saved(volume(other), "PNG")))
    assert not {ChangeKind.RE_ENCODED, ChangeKind.RESIZED} & set(told.kinds)


@pytest.mark.parametrize("scale", [1.0, 0.5, 0.3])
def test_a_cover_saved_again_is_an_exact_copy(scale: float):
    small = volume("1").resize((round(600 * scale), round(860 * scale)), Image.Resampling.LANCZOS)
    assert compared(saved(volume("1"), "PNG"), saved(small, "JPEG", quality=60)).score >= 0.95
