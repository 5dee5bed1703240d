"""Pictures that are drawn for the tests of the embedded engine."""

from __future__ import annotations

import cv2
import numpy as np


def scene(seed: int, height: int = 360, width: int = 480) -> np.ndarray:
    """A picture full of shapes and textures: uint8 RGB, different for every seed."""
    random = np.random.default_rng(seed)
    small = random.integers(40, 215, (6, 8, 3), dtype=np.uint8)
    picture = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
    for _ in range(45):
        colour = tuple(int(c) for c in random.integers(0, 256, 3))
        x, y = int(random.integers(0, width)), int(random.integers(0, height))
        size = int(random.integers(6, 50))
        shape = random.integers(0, 3)
        if shape == 0:
            cv2.circle(picture, (x, y), size, colour, -1, cv2.LINE_AA)
        elif shape == 1:
            cv2.rectangle(picture, (x, y), (x + size, y + size // 2), colour, -1)
        else:
            corners = np.array([[x, y]]) + random.integers(-size, size, (3, 2))
            cv2.fillPoly(picture, [corners.astype(np.int32)], colour, cv2.LINE_AA)
    noise = cv2.GaussianBlur(random.normal(0, 40, picture.shape).astype(np.float32), (0, 0), 1.5)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def form(seed: int, height: int = 560, width: int = 400) -> np.ndarray:
    """A printed form: the same layout for every seed, other text in its lines."""
    random = np.random.default_rng(seed)
    page = np.full((height, width, 3), 250, np.uint8)
    cv2.putText(
        page, "ACME STORES LTD", (60, 40), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (20, 20, 20), 2, cv2.LINE_AA
    )
    cv2.putText(page, "RECEIPT", (140, 75), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (20, 20, 20), 2, cv2.LINE_AA)
    cv2.rectangle(page, (10, 90), (width - 10, height - 10), (40, 40, 40), 2)
    for y in range(120, height - 20, 22):
        letters = "".join(chr(65 + c) for c in random.integers(0, 26, int(random.integers(8, 18))))
        cv2.putText(page, letters, (22, y), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (10, 10, 10), 1, cv2.LINE_AA)
        price = f"{random.integers(1, 999)}.{random.integers(10, 99)}"
        cv2.putText(page, price, (300, y), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (10, 10, 10), 1, cv2.LINE_AA)
    return page


def crop(picture: np.ndarray, part: float) -> np.ndarray:
    """The part of the area around a point off the middle."""
    height, width = (int(s * part**0.5) for s in picture.shape[:2])
    y, x = (picture.shape[0] - height) // 3, (picture.shape[1] - width) * 2 // 3
    return np.ascontiguousarray(picture[y : y + height, x : x + width])


def jpeg(picture: np.ndarray, quality: int) -> np.ndarray:
    """The picture after JPEG compression."""
    data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return cv2.imdecode(data, cv2.IMREAD_COLOR)


def resized(picture: np.ndarray, factor: float) -> np.ndarray:
    return cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)


def labelled(picture: np.ndarray) -> np.ndarray:
    """With a line of text over it."""
    copy = picture.copy()
    cv2.putText(copy, "SUMMER SALE", (30, 200), cv2.FONT_HERSHEY_SIMPLEX, 1.6, (255, 230, 0), 4, cv2.LINE_AA)
    return copy


def bordered(picture: np.ndarray, width: int = 40) -> np.ndarray:
    return cv2.copyMakeBorder(picture, width, width, width, width, cv2.BORDER_CONSTANT, value=(255, 255, 255))
