from pathlib import Path

import pytest

from optics.spectra import spectrum
from vitreous.cli.ctf_report import ctf_report, draw_fit
from vitreous.cli.micrographs import KnownOptics, Micrograph
from vitreous.jobs import Task
from vitreous.jobs.record import new_record
from vitreous.optics import CtfFit, Defocus, Lens

OPTICS = KnownOptics(1.4, 300.0, 2.7, 0.07)


def fit(score, u=15000.0, phase=0.0, thickness=None):
    return CtfFit(Defocus(u, u - 400, -20.0, phase), score, 3.6, thickness)


@pytest.fixture
def fitted():
    return [(Micrograph(f"in/{name}.mrc", Path(name), OPTICS), fit(score)) for name, score in (("a", 0.2), ("b", 0.5))]


def test_rows_are_sorted_by_score_and_lead_to_their_drawings(fitted):
    drawings = {"in/a.mrc": ["<svg>A</svg>"] * 2}
    html = ctf_report(fitted, drawings, new_record(Task("ctf", {})))
    assert html.index("b.mrc") < html.index("a.mrc")
    assert '<a href="#m2">a.mrc</a>' in html
    assert 'id="m2"' in html
    assert "1 of 2 micrographs are drawn" in html
    assert "15,000" in html
    assert "−20.0" in html
    assert "Phase shift" not in html


def test_columns_that_were_fitted_are_shown(fitted):
    shown = [(fitted[0][0], fit(0.3, phase=45.0, thickness=800.0))]
    html = ctf_report(shown, {}, new_record(Task("ctf", {})))
    assert "Phase shift (°)" in html
    assert "Thickness (Å)" in html
    assert "1 micrograph," in html


def test_names_and_warnings_are_escaped(fitted):
    record = new_record(Task("ctf", {}))
    record.warnings.append("<script> is left out")
    named = [(Micrograph("<b>.mrc", Path("b"), OPTICS), item) for _, item in fitted[:1]]
    html = ctf_report(named, {}, record)
    assert "<script>" not in html
    assert "<b>" not in html
    assert "1 warning: see below" in html


def test_a_fit_is_drawn_in_the_plane_and_as_a_curve(rng):
    rings, curve = draw_fit(spectrum(15000, 14600, -20, rng), fit(0.5), Lens(300, 2.7, 0.07), 30.0)
    assert "kx (1/Å)" in rings
    assert "equal phase" in curve
    assert len(rings) < 200_000
