"""The fit of the weights finds those from which its data was made, and stays near those held without data."""

from __future__ import annotations

import numpy as np

from tools.calibrate import fitted


def test_the_fit_finds_the_weights_from_which_the_data_was_made():
    random = np.random.default_rng(1)
    terms = np.column_stack([np.ones(8000), random.normal(0, 1, (8000, 2))])
    made_with = np.array([0.0, 2.0, -1.0])
    holds = random.random(8000) < 1 / (1 + np.exp(-terms @ made_with))
    np.testing.assert_allclose(fitted(terms, holds, np.zeros(3)), made_with, atol=0.15)


def test_a_fit_that_begins_far_off_does_not_run_away():
    random = np.random.default_rng(2)
    terms = np.column_stack([np.ones(400), random.normal(0, 1, (400, 2))])
    holds = terms[:, 1] > 0
    assert np.abs(fitted(terms, holds, np.array([0.0, -40.0, 30.0]))).max() < 60


def test_without_evidence_what_is_held_stays():
    held = np.array([1.0, -2.0])
    np.testing.assert_allclose(fitted(np.zeros((10, 2)), np.arange(10) < 5, held), held)
