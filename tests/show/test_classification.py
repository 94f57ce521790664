"""The report of a classification: what stands where, in words, and that it is read on any screen."""

import re
from dataclasses import replace

import numpy as np
import pytest

from browsing import Log, chromium, overflow, violations
from vitreous.classification.output import ClassSummary
from vitreous.classification.state import Assignments
from vitreous.classification.validation import half_set_curves
from vitreous.jobs.record import RunRecord
from vitreous.show.classification import ClassificationShown, Example, classification_report
from vitreous.show.likelihood import History
from vitreous.show.timing import Timing

BOX, PIXEL, COUNT = 32, 3.0, 400
SHARES = np.array([0.25, 0.45, 0.3, 0.0])


def blob_images(count, seed=3):
    """Lopsided heaps of Gaussian blobs."""
    rng = np.random.default_rng(seed)
    grid = np.stack(np.meshgrid(*[np.arange(BOX) - BOX // 2] * 2), axis=-1)
    places = rng.normal(0, BOX / 9, (count, 12, 1, 1, 2))
    return np.exp(-np.sum((grid - places) ** 2, axis=-1) / 5).sum(axis=1).astype(np.float32)


@pytest.fixture(scope="module")
def shown():
    rng, classes = np.random.default_rng(6), blob_images(4)
    members = rng.choice(4, COUNT, p=SHARES)
    found = Assignments(
        classes=members,
        psi_deg=rng.uniform(-180, 180, COUNT),
        shifts_angstrom=rng.normal(0, 4, (COUNT, 2)),
        max_probability=rng.uniform(0.1, 1, COUNT),
        entropy=rng.gamma(2.0, 0.6, COUNT),
    )
    noisy = classes + rng.normal(0, 0.1, (2, *classes.shape))
    unknown = np.array([9.4, 8.2, 11.0, np.nan])
    gain = -1e6 + 4e4 * (1 - np.exp(-np.arange(12) / 2.5))
    examples = [
        Example(
            int(row) + 1,
            int(members[row]) + 1,
            classes[members[row]] + rng.normal(0, 2, (BOX, BOX)),
            classes[members[row]] + rng.normal(0, 0.3, (BOX, BOX)),
        )
        for row in range(6)
    ]
    return ClassificationShown(
        references=classes,
        pixel_size_angstrom=PIXEL,
        summary=ClassSummary(SHARES, np.bincount(members, minlength=4), unknown - 1, unknown, unknown / 12),
        curves=half_set_curves(*noisy, pixel_size_angstrom=PIXEL),
        history=History(
            *(curve.tolist() for curve in (gain, gain - 5e3, np.exp(-np.arange(12) / 2), 30 - np.arange(12.0)))
        ),
        assignments=found,
        noise_power=np.stack([np.linspace(1.6, 0.9, 17), np.full(17, 1.1)]),
        noise_groups=["opticsGroup1", "opticsGroup2"],
        retained=0.99962,
        converged=True,
        examples=examples,
        example_resolution_angstrom=20.0,
        timing=Timing({"iterations": 4.2, "half sets": 1.9}, 1150.0, 4600.0, "Products run at 165 GFLOP/s."),
    )


@pytest.fixture
def record():
    return RunRecord(
        version="0.1",
        command="classify",
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
    html = classification_report(shown, record)
    facts = facts_of(html)
    assert facts["Classes with particles"] == "3 of 4"
    assert facts["Best resolution"] == "8.2 Å"
    assert facts["Log-likelihood"] == "−960,491 nats"
    assert facts["Posterior kept"] == "99.962 %"
    assert facts["Share of the machine’s limit"] == "25 %"
    assert "400 particles in 3 of 4 classes after 12 iterations: the classes settled." in html


def test_classes_stand_in_order_of_their_share(shown, record):
    html = classification_report(shown, record)
    gallery = html[html.index('class="gallery"') : html.index("<table>")]
    assert re.findall(r"<strong>(Class \d)</strong><span>([\d.]+ %)", gallery) == [
        ("Class 2", "45.0 %"),
        ("Class 3", "30.0 %"),
        ("Class 1", "25.0 %"),
        ("Class 4", "0.0 %"),
    ]
    rows = re.findall(r'<th scope="row">(Class \d)</th><td>(.*?)</td><td>(.*?)</td><td>(.*?)</td><td>(.*?)</td>', html)
    assert rows[0][2:] == ("45.0 %", "7.2 Å", "8.2 Å")
    assert rows[3] == ("Class 4", "0", "0.0 %", "none", "none")


def test_warnings_stand_first(shown, record):
    record.warnings += ["template_bias: class 2 <looks> like its template", "resumed with threads 1"]
    html = classification_report(shown, record)
    assert html.index('id="warnings"') < html.index('id="overview"')
    assert "<li><code>template_bias</code> class 2 &lt;looks&gt; like its template</li>" in html
    assert "<li>resumed with threads 1</li>" in html


def test_a_run_that_did_not_settle_says_so(shown, record):
    assert "still changing" in classification_report(replace(shown, converged=False), record)


def test_what_was_not_measured_is_left_out(shown, record):
    html = classification_report(replace(shown, examples=(), timing=Timing()), record)
    assert 'id="time"' not in html
    assert 'id="examples"' not in html


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_it_is_read_on_any_screen_with_any_eyes(shown, record, tmp_path, width, scheme):
    record.warnings.append("similar_classes: classes 1 and 3 show one view")
    path, log = tmp_path / "report.html", Log()
    path.write_text(classification_report(shown, record), encoding="utf-8")
    with chromium() as browser:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
        log.watch(context)
        page = context.new_page()
        page.goto(path.as_uri())
        assert overflow(page) <= 0
        assert violations(page) == []
    assert log.wrong == []
    assert [address for address in log.asked if not address.startswith(("file:", "data:"))] == []
