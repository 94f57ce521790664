"""The figures as a learner sees them: from the slider's move to the canvas drawn, and the first figure of a page."""

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which

from playwright.sync_api import Page, sync_playwright

from benchmarks.harness import Row, record

PRACTICAL, FIGURE, CONTROL = "04-blur", "star", "defocus_um"
"""A picture of 256 × 256 and a curve are drawn at each update."""
MOVES = 200
OPENINGS = 5
SETTLING_MS = 6000
"""What a page draws below its first figure must not be under way when the next is timed."""
FLAGS = ["--no-sandbox", "--disable-gpu", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]

MOVE = """async ([figure, moves, pause]) => {
  const slider = figure.querySelector(".slider input[type=range]");
  const [low, high, step] = [slider.min, slider.max, slider.step].map(Number);
  const taken = [];
  for (let i = 0; i < moves; i++) {
    const drawn = new Promise((done) => {
      new MutationObserver((_, seen) => { seen.disconnect(); done(performance.now()); })
        .observe(figure, { attributeFilter: ["data-serial"] });
    });
    slider.value = low + step * (1 + (i * 7) % Math.floor((high - low) / step - 1));
    const start = performance.now();
    slider.dispatchEvent(new Event("input"));
    taken.push((await drawn - start) / 1000);
    await new Promise((done) => setTimeout(done, pause));
  }
  return taken;
}"""
"""Seconds of each move: the figure counts a drawing after its canvases are painted."""


@contextmanager
def served() -> Iterator[str]:
    """Start the course with an empty data folder; its address with the token."""
    with tempfile.TemporaryDirectory() as folder:
        command = [str(Path(sys.executable).with_name("vitreous")), "study", "--port", "0", "--no-browser"]
        given = {**os.environ, "VITREOUS_STUDY_DATA": folder, "PYTHONUNBUFFERED": "1"}
        with subprocess.Popen(command, env=given, stdout=subprocess.PIPE, text=True) as process:
            try:
                yield next(line.strip() for line in process.stdout if "token=" in line)
            finally:
                process.terminate()


@contextmanager
def opened() -> Iterator[tuple[Page, str]]:
    """Start the course and a browser that showed the token; its page and the practical's address."""
    with served() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=which("chromium"), args=FLAGS)
        page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        page.goto(address.replace("/?", f"/practicals/{PRACTICAL}/?"))
        yield page, f"{address.split('/?')[0]}/practicals/{PRACTICAL}/"
        browser.close()


def first_figure(page: Page, address: str) -> float:
    """Seconds from the address to the first figure drawn, by the browser's clock."""
    page.goto("about:blank")
    page.goto(address, wait_until="commit")
    selector = f"#figure-{FIGURE}:not([data-serial='0'])"
    page.locator(selector).wait_for(timeout=60_000)
    seconds = page.evaluate("performance.now()") / 1000
    page.wait_for_timeout(SETTLING_MS)
    return seconds


def main() -> None:
    """Measure and keep both."""
    with opened() as (page, address):
        first_figure(page, address)  # warms the server and the browser's cache
        openings = [first_figure(page, address) for _ in range(OPENINGS)]
        keep(f"first figure of {PRACTICAL} in Chromium, on a warm server", openings, 3.0)
        figure = page.locator(f"#figure-{FIGURE}").element_handle()
        page.evaluate(MOVE, [figure, 10, 20])
        moves = page.evaluate(MOVE, [figure, MOVES, 20])
        keep(f"slider to figure: {PRACTICAL}#{FIGURE}, {CONTROL}, 256 × 256 and a curve", moves, 0.060)


def keep(work: str, taken: list[float], promised: float) -> None:
    """Record the median, with the 90th percentile in the note."""
    ninth = statistics.quantiles(taken, n=10)[-1]
    record(
        "study_figures",
        Row(
            work=work,
            unit="s",
            limit=promised,
            limited_by="what the course promises for the median",
            ours=statistics.median(taken),
            rival=None,
            rival_name="none",
            note=f"90th percentile {ninth * 1e3:.1f} ms of {len(taken)}",
        ),
    )
