"""``vitreous tour --quick``: every stage recovers what it should of the truth."""

import json

import pytest

from vitreous.cli import main


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tour") / "tour"
    assert main(["tour", "--quick", "-o", str(folder), "--threads", "2", "--quiet"]) == 0
    return folder


def test_every_stage_recovers_its_part_of_the_truth(folder):
    figures = json.loads((folder / "run.json").read_text())["figures"]
    assert figures["correlation_with_angle"] > 0.9
    assert figures["view_spread_of_class_deg"] < figures["view_spread_deg"]
    assert figures["fsc_area_of_map"] > 0.4
    found, alone = figures["fsc_area_of_states"], figures["fsc_area_of_states_by_one_map"]
    assert all(one > other for one, other in zip(found, alone, strict=True))
    assert figures["variation_over_null"] > 5


def test_its_stages_are_jobs_and_its_report_is_one(folder):
    for stage in ("particles", "classes", "map", "motion", "analysis"):
        assert json.loads((folder / stage / "run.json").read_text())["status"] == "done"
    report = (folder / "report.html").read_text()
    assert "What each stage recovered of the truth" in report
    assert 'href="analysis/report.html"' in report
    assert main(["tour", "--quick", "-o", str(folder), "--quiet"]) == 2
