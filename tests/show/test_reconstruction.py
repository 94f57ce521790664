import re
from dataclasses import replace

import numpy as np
import pytest

from browsing import Log, chromium, overflow, violations
from vitreous.jobs.record import RunRecord
from vitreous.reconstruction import guinier_fit, half_map_fsc
from vitreous.reconstruction.coverage import FourierCoverage
from vitreous.reconstruction.diagnosis import diagnose
from vitreous.rotations import random_rotations
from vitreous.show.reconstruction import ReconstructionShown, reconstruction_report
from vitreous.show.timing import Timing


def ball_halves(n):
    """Half maps of a ball that is filled with structure, and a mask around it."""
    rng, axis = np.random.default_rng(4), np.arange(n) - n // 2
    radius = np.sqrt(axis[:, None, None] ** 2 + axis[:, None] ** 2 + axis**2)
    inside = np.clip(0.3 * n - radius, 0, 1)
    truth = inside * (1 + rng.normal(size=inside.shape))
    halves = [(truth + 0.4 * rng.normal(size=truth.shape)).astype(np.float32) for _ in range(2)]
    return halves, np.clip(0.4 * n - radius, 0, 1).astype(np.float32)


@pytest.fixture(scope="module")
def shown():
    (first, second), mask = ball_halves(40)
    resolution = half_map_fsc(first, second, mask, pixel_size_angstrom=1.5)
    volume, k = (first + second) / 2, resolution.frequencies_per_angstrom
    return ReconstructionShown(
        volume=volume,
        pixel_size_angstrom=1.5,
        images=1200,
        resolution=resolution,
        rotations=random_rotations(1200, 1),
        defocus_angstrom=np.random.default_rng(1).uniform(8e3, 2.5e4, 1200),
        coverage=FourierCoverage(k, np.ones(len(k)), 1200 / np.arange(1, len(k) + 1), 0.9),
        guinier=guinier_fit(volume, pixel_size_angstrom=1.5, high_angstrom=3.2),
        diagnosis=diagnose((first, second), mask, resolution, pixel_size_angstrom=1.5, views=1200),
        timing=Timing({"read": 0.2, "insert": 0.4}, 2000.0, 8000.0, "Memory moves 36 GB/s."),
    )


@pytest.fixture
def record():
    return RunRecord(
        version="0.1",
        command="reconstruct",
        parameters={},
        inputs=[],
        seed=None,
        device="cpu",
        threads=2,
        status="done",
        started="2026-01-02T03:04:05+00:00",
        host="here",
        process=1,
    )


def facts_of(html):
    return dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", html))


def test_the_key_figures_stand_on_top(shown, record):
    facts = facts_of(reconstruction_report(shown, record))
    assert facts["Resolution (FSC 0.143)"] == f"{shown.resolution.resolution_angstrom:.2f} Å"
    assert facts["Resolution (FSC 0.5)"] == f"{shown.resolution.resolution_half_angstrom:.2f} Å"
    assert facts["Images"] == "1,200"
    assert facts["Images per second"] == "2,000"
    assert facts["Share of the machine’s limit"] == "25 %"
    assert facts["Time"] == "0.6 s"
    assert facts["B factor"].endswith(" Å²")


def test_a_map_that_claims_nothing_says_so(shown, record):
    none = replace(shown.resolution, resolution_angstrom=None, resolution_half_angstrom=None)
    html = reconstruction_report(replace(shown, resolution=none), record)
    assert facts_of(html)["Resolution (FSC 0.143)"] == "none claimed"
    assert "half maps claim no resolution" in html


def test_what_was_not_measured_is_left_out(shown, record):
    bare = ReconstructionShown(shown.volume, 1.5, 1200, shown.resolution, shown.rotations)
    html = reconstruction_report(bare, record)
    assert {"B factor", "Sphericity", "Evenness of views", "Images per second"} & set(facts_of(html)) == set()
    assert "Guinier" not in html
    assert 'id="time"' not in html
    assert "Fourier coverage" not in html


def test_warnings_are_shown(shown, record):
    record.warnings.append("one <thing>")
    html = reconstruction_report(shown, record)
    assert "<li>one &lt;thing&gt;</li>" in html
    assert "1 warning: see below." in html


def test_the_report_of_a_large_map_stays_small(shown, record):
    large = np.random.default_rng(1).normal(size=(160, 160, 160)).astype(np.float32)
    assert len(reconstruction_report(replace(shown, volume=large), record).encode()) < 3e6


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_it_is_read_on_any_screen_with_any_eyes(shown, record, tmp_path, width, scheme):
    path, log = tmp_path / "report.html", Log()
    path.write_text(reconstruction_report(shown, record), encoding="utf-8")
    with chromium() as browser:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
        log.watch(context)
        page = context.new_page()
        page.goto(path.as_uri())
        page.locator("figure.live").wait_for()
        assert overflow(page) <= 0
        assert violations(page) == []
    assert log.wrong == []
    assert [address for address in log.asked if not address.startswith(("file:", "data:"))] == []
