"""The simulation behind docs/many-workers.md: what is told of it there."""

import runpy

from conftest import ROOT

simulate = runpy.run_path(str(ROOT / "tests/bench/python/simulate_workers.py"))[
    "simulate"
]


def test_workers_that_pace_together_meet_no_429():
    assert simulate(60, 8, "alone", minutes=6)[1] > 10
    for mode, used in (("share", 0.85), ("one pacer", 0.99)):
        pages, refusals = simulate(60, 8, mode, minutes=6)
        assert refusals == 0
        assert pages >= used * 60


def test_more_workers_than_requests_meet_429s_in_spite_of_shares():
    assert simulate(60, 100, "share", minutes=6)[1] > 10
    assert simulate(60, 100, "one pacer", minutes=6)[1] == 0
