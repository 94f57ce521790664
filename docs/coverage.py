"""The table of what the course covers, made from its curriculum: ``python docs/coverage.py`` renews coverage.md."""

import re
from pathlib import Path

from vitreous.study.meetings import Page, Question, Topic, read_curriculum

SECOND_HALF = {6, 9, 10, 11}
"""Topics whose practicals and problems are still to come; their pages, readings and questions are here."""
TABLE = Path(__file__).with_name("coverage.md")
_HEADING = """# What the course covers

Every question of the syllabus, with the page that asks it, the figures that show it and the problems that let one
compute, explain or derive it. Made from the curriculum's files by `python docs/coverage.py`; a test holds it to them.

| topic | stream | question | asks to | figures | problems |
| --- | --- | --- | --- | --- | --- |
"""
_ANSWERS = {"explain": {"explain"}, "derive": {"derive"}, "compute": {"compute", "own function"}}


def gaps(topic: Topic, question: Question) -> list[str]:
    """Return what a question asks for and the course does not offer.

    ``see`` needs a figure; ``compute`` a figure or a problem that is computed or programmed; ``explain`` a question
    with a model answer; ``derive`` a worked derivation.
    """
    kinds = {item.key: item.kind for page in topic.pages.values() for item in page.problems}
    offered = {kinds[key] for key in question.problems if key in kinds}
    lacking = []
    for asked in question.kind:
        by_figure = asked in {"see", "compute"} and bool(question.figures)
        if not by_figure and not offered & _ANSWERS.get(asked, set()):
            lacking.append(asked)
    return lacking


def row(page: Page, question: Question) -> str:
    """Return a question's line of the table."""
    # the site's own links lead nowhere here
    text = re.sub(r"\[([^\]]*)\]\(/[^)]*\)", r"\1", " ".join(question.text.split())).replace("|", "\\|")
    where = f"../src/vitreous/study/curriculum/{page.folder}/{page.stream}/page.md"
    figures = ", ".join(f"`{name}`" for name in question.figures) or "–"
    problems = ", ".join(f"`{page.folder[:2]}-{key}`" for key in question.problems) or "–"
    return (
        f"| {page.number} | [{page.stream}]({where}) | {text} | {', '.join(question.kind)} | {figures} | {problems} |"
    )


def table() -> str:
    """Return the whole page."""
    rows = [row(page, question) for page in read_curriculum().pages.values() for question in page.questions]
    return _HEADING + "\n".join(rows) + "\n"


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
