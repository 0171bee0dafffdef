"""The estimate against an independent one: catsim's model and an adaptive quadrature."""

from __future__ import annotations

import numpy as np
import pytest
from catsim import irt as catsim_irt
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from written_test.engine.irt import Posterior, information, probability

parameters = st.tuples(
    st.floats(0.3, 2.5), st.floats(-3, 3), st.sampled_from([0.0, 0.2, 0.25, 1 / 3])
)
answers = st.lists(st.tuples(parameters, st.booleans()), min_size=1, max_size=40)


def _independent(given: list[tuple[tuple[float, float, float], bool]]) -> tuple[float, float]:
    """Mean and standard deviation of the posterior, by quadrature over catsim's curves."""

    def weight(theta: float) -> float:
        value = stats.norm.pdf(theta, 0, 1.2)
        for (a, b, c), right in given:
            chance = catsim_irt.icc(theta, a, b, c)
            value *= chance if right else 1 - chance
        return float(value)

    scale = max(weight(theta) for theta in np.linspace(-8, 8, 400))

    def moment(power: int) -> float:
        return integrate.quad(
            lambda theta: theta**power * weight(theta) / scale,
            -10,
            10,
            limit=400,
            epsabs=1e-11,
            epsrel=1e-11,
            points=list(np.linspace(-5, 5, 21)),
        )[0]

    total = moment(0)
    mean = moment(1) / total
    return mean, (moment(2) / total - mean**2) ** 0.5


@given(answers)
@settings(max_examples=40, deadline=None)
def test_the_estimate_agrees_with_an_independent_one(given):
    known = Posterior.normal()
    for part, right in given:
        known = known.after([part], [right])
    mean, deviation = _independent(given)
    assert known.theta == pytest.approx(mean, abs=1e-6)
    assert known.standard_error == pytest.approx(deviation, abs=1e-6)


@given(parameters, st.floats(-4, 4))
@settings(max_examples=200, deadline=None)
def test_curve_and_information_are_catsims(part, theta):
    a, b, c = (np.array([value]) for value in part)
    assert probability(theta, a, b, c)[0] == pytest.approx(catsim_irt.icc(theta, *part), rel=1e-12)
    assert information(theta, a, b, c)[0] == pytest.approx(
        catsim_irt.inf(theta, *part), rel=1e-9, abs=1e-15
    )


def test_levels_of_the_prior_are_those_of_the_normal_distribution():
    cuts = (-2.0, -1.1, -0.2, 0.7, 1.6)
    edges = [0.0, *stats.norm.cdf(cuts, 0, 1.2), 1.0]
    assert Posterior.normal().levels(cuts) == pytest.approx(np.diff(edges), abs=1e-4)


def test_order_of_answers_does_not_matter():
    posterior = (
        Posterior.normal().after([(1.2, 0.3, 0.2)], [True]).after([(0.8, -1.0, 0.25)], [False])
    )
    other = Posterior.normal().after([(0.8, -1.0, 0.25), (1.2, 0.3, 0.2)], [False, True])
    assert posterior.theta == pytest.approx(other.theta, abs=1e-12)
