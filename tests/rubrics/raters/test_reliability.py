"""ICC(2,1) and its interval against pingouin, on random tables and at the edges."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from rubrics.raters.figures import Figure, Undefined
from rubrics.raters.reliability import icc

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of pandas, at import
    import pandas as pd
    import pingouin


def theirs(table: np.ndarray) -> tuple[float, float, float]:
    n, k = table.shape
    frame = pd.DataFrame(
        {
            "performance": np.repeat(np.arange(n), k),
            "rater": np.tile(np.arange(k), n),
            "mark": table.ravel(),
        }
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rows = pingouin.intraclass_corr(frame, "performance", "rater", "mark").set_index("Type")
    row = rows.loc["ICC(A,1)"]
    return float(row["ICC"]), *map(float, row["CI95"])


@pytest.mark.parametrize("seed", range(20))
def test_it_is_pingouins_on_random_tables(seed):
    random = np.random.default_rng(seed)
    n, k = int(random.integers(5, 60)), int(random.integers(2, 5))
    able, severe = random.normal(10, 2.5, (n, 1)), random.normal(0, 1, (1, k))
    table = np.clip(np.rint(able + severe + random.normal(0, 1.2, (n, k))), 2, 18)
    value, low, high = theirs(table)
    ours = icc(table)
    assert ours.value == pytest.approx(value, abs=1e-9)
    # Pingouin rounds its interval to two decimals.
    assert (ours.low, ours.high) == (
        pytest.approx(low, abs=0.0051),
        pytest.approx(high, abs=0.0051),
    )


def test_it_is_shrout_and_fleiss_own_example():
    table = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    assert icc(table).value == pytest.approx(0.29, abs=0.005)


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (np.full((6, 2), 9), Figure.undefined(Undefined.NO_SPREAD, 6)),
        ([[9, 10]], Figure.undefined(Undefined.TOO_FEW, 1)),
        ([[9, 9], [12, 12], [6, 6]], Figure(1.0, 1.0, 1.0, 3)),
    ],
)
def test_its_edges(table, expected):
    assert icc(table) == expected


def test_steady_severity_lowers_it_since_agreement_is_absolute():
    able = np.arange(4.0, 16.0)
    figure = icc(np.stack([able, able - 2], axis=1))
    assert figure.value == pytest.approx(13 / 15)  # var 13 between, (2^2)/2 = 2 between raters
    assert 0 < figure.low < figure.value < figure.high < 1
