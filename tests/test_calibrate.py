"""The fit of the weights finds those from which its data was made, and stays near those held without data."""

from __future__ import annotations

import numpy as np
from PIL import Image

from dupedash.embedded.describe.descriptor import describe
from tests.embedded_pictures import resized, scene
from tools.calibrate import Couple, compared, fitted, limit, stored_couples


def test_the_fit_finds_the_weights_from_which_the_data_was_made():
    random = np.random.default_rng(1)
    terms = np.column_stack([np.ones(8000), random.normal(0, 1, (8000, 2))])
    made_with = np.array([0.0, 2.0, -1.0])
    holds = random.random(8000) < 1 / (1 + np.exp(-terms @ made_with))
    np.testing.assert_allclose(fitted(terms, holds, np.zeros(3), np.zeros(8000)), made_with, atol=0.15)


def test_a_fit_that_begins_far_off_does_not_run_away():
    random = np.random.default_rng(2)
    terms = np.column_stack([np.ones(400), random.normal(0, 1, (400, 2))])
    holds = terms[:, 1] > 0
    assert np.abs(fitted(terms, holds, np.array([0.0, -40.0, 30.0]), np.zeros(400))).max() < 60


def test_without_evidence_what_is_held_stays():
    held = np.array([1.0, -2.0])
    np.testing.assert_allclose(fitted(np.zeros((10, 2)), np.arange(10) < 5, held, np.zeros(10)), held)


def test_what_is_given_of_the_log_odds_needs_no_weight():
    random = np.random.default_rng(3)
    terms = np.column_stack([np.ones(8000), random.normal(0, 1, 8000)])
    given = random.normal(0, 3, 8000)
    holds = random.random(8000) < 1 / (1 + np.exp(-terms @ [0.0, 1.0] - given))
    np.testing.assert_allclose(fitted(terms, holds, np.zeros(2), given), [0.0, 1.0], atol=0.15)


def test_the_limit_is_the_lowest_certainty_with_one_wrong_pair_in_two_thousand():
    certainty, right = np.arange(8000.0)[::-1], np.ones(8000, bool)
    assert limit(certainty, right) == 0
    right[[10, 5000, 5001, 5002, 7000]] = False
    assert limit(certainty, right) == certainty[5000]


def test_what_a_scan_would_compare_is_compared_and_copies_are_told_from_the_rest(tmp_path):
    pictures = {"a": scene(1), "b": resized(scene(1), 0.5), "c": scene(2), "d": resized(scene(1), 0.4)}
    rows = ["path,original,class,family"]
    for name, picture in pictures.items():
        Image.fromarray(picture).save(tmp_path / f"{name}.png")
        original = "c" if name == "c" else "a"
        kind = "original" if name == original else "near"
        rows.append(f"{name}.png,{original}.png,{kind},rescale")
    rows.append("gone.png,gone.png,ignore,view")
    (tmp_path / "truth.csv").write_text("\n".join(rows))
    couples = list(stored_couples(tmp_path))
    assert sorted((couple.copy, couple.one_original) for couple in couples if couple.one_original) == [
        (False, True), (True, True), (True, True),
    ]  # fmt: skip
    judged = [compared(couple) for couple in couples if couple.copy]
    assert all(pair.plain and pair.possible for pair in judged)


def test_pictures_of_two_originals_are_no_copies():
    pair = compared(Couple(False, False, describe(scene(1)), describe(scene(2))))
    assert pair.plain
    assert not pair.copy
