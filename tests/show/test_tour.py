"""The report of a tour."""

from pathlib import Path

import numpy as np

from vitreous.jobs import Task
from vitreous.jobs.record import new_record
from vitreous.show.tour import TourShown, tour_report


def test_every_stage_has_its_place_beside_the_truth(rng):
    maps = rng.normal(size=(5, 12, 12, 12)).astype(np.float32)
    angle = rng.random(30)
    shown = TourShown(maps, maps[:, 6], maps[:2, 6].astype(float), maps[0], -angle, angle, maps, 4.0)
    record = new_record(Task("tour", {}))
    record.figures = {
        "particles": 30,
        "correlation_with_angle": 0.87,
        "view_spread_of_class_deg": 21.0,
        "view_spread_deg": 90.0,
        "fsc_area_of_map": 0.4,
        "fsc_area_of_states": [0.4] * 5,
        "fsc_area_of_states_by_one_map": [0.3] * 5,
        "variation_over_null": 12.0,
        "seconds": {"particles": 1.0, "motion": 2.0},
    }
    report = tour_report(shown, record, Path("analysis") / "report.html")
    for words in ("0.87", "21°", "90° of any two", "0.300 by one map", "1 by noise", 'href="analysis/report.html"'):
        assert words in report, words
    assert report.count('class="place" type="range"') == 2
