"""What hangs on a figure: a figure is put back, and scores that cross a limit are counted on their side."""

from __future__ import annotations

import csv

import numpy as np

from dupedash.embedded.compare import agreement
from dupedash.embedded.describe.descriptor import describe
from tests.pictures import as_file, scene, smaller
from tools import sensitivity
from tools.calibrate import Couple


def test_scores_that_cross_a_limit_are_counted():
    shown = describe(np.asarray(scene(0)))
    couples = [Couple(copy, copy, shown, shown) for copy in (True, True, False)]
    usual, now = np.array([0.8, 0.6, 0.6]), np.array([0.6, 0.96, 0.72])
    assert sensitivity.moved(couples, usual, now) == (
        "0.7: 1 copies lost, 1 won, 1 look-alikes won; 0.95: 0 copies lost, 1 won, 0 look-alikes won"
    )


def test_each_figure_is_tried_smaller_and_larger_and_put_back(tmp_path, capsys):
    rows = [("path", "original", "class", "family")]
    for seed in range(3):
        (tmp_path / f"{seed}.png").write_bytes(as_file(scene(seed)))
        (tmp_path / f"{seed}s.png").write_bytes(as_file(smaller(scene(seed))))
        rows += [
            (f"{seed}.png", f"{seed}.png", "original", "original"),
            (f"{seed}s.png", f"{seed}.png", "exact", "rescale"),
        ]
    with (tmp_path / "truth.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    sensitivity.main(tmp_path, ["compare.agreement:_GOOD"])
    assert capsys.readouterr().out.count("compare.agreement:_GOOD 0.8 → ") == 2
    assert agreement._GOOD == 0.8
