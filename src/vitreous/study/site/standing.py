"""Where a learner stands: which pages were opened, which problems were solved, and what to do next."""

from collections.abc import Mapping
from dataclasses import dataclass

from vitreous.study.meetings import Curriculum, Page
from vitreous.study.site.models import Learner, Visit
from vitreous.study.site.problem_state import standings

__all__ = ["Standing", "standing_of"]


@dataclass(frozen=True)
class Standing:
    """What a learner did: addresses of the pages opened (the last one first) and of the problems dealt with."""

    stream: str
    visited: tuple[str, ...]
    solved: frozenset[str]

    @property
    def begun(self) -> bool:
        """Whether anything was opened yet."""
        return bool(self.visited)

    def solved_of(self, page: Page) -> int:
        """Return how many of a page's problems were dealt with."""
        return sum(f"{page.folder[:2]}-{item.key}" in self.solved for item in page.problems)

    def state_of(self, page: Page) -> str:
        """Return ``done``, ``begun`` or nothing: a page is done when it was opened and its problems are solved."""
        solved = self.solved_of(page)
        if page.address in self.visited and solved == len(page.problems):
            return "done"
        return "begun" if page.address in self.visited or solved else ""

    def states(self, curriculum: Curriculum) -> Mapping[str, str]:
        """Return the state of every topic by its folder: done where one of its pages is."""
        found = {}
        for topic in curriculum.topics:
            states = {self.state_of(page) for page in topic.pages.values()}
            found[topic.folder] = "done" if "done" in states else "begun" if "begun" in states else ""
        return found

    def last(self, curriculum: Curriculum) -> Page | None:
        """Return the page that was opened last; None where none was."""
        pages = curriculum.pages
        return next((pages[address] for address in self.visited if address in pages), None)

    def next(self, curriculum: Curriculum) -> Page | None:
        """Return the first page of the learner's stream, the first one where none was chosen, not opened yet."""
        stream = self.stream or curriculum.ways[0].key
        for topic in curriculum.topics:
            page = topic.pages.get(stream) or next(iter(topic.pages.values()), None)
            if page is not None and page.address not in self.visited:
                return page
        return None


def standing_of(learner: Learner | None) -> Standing:
    """Return where a learner stands; at the beginning where there is none."""
    if learner is None:
        return Standing("", (), frozenset())
    solved = frozenset(address for address, how in standings(learner).items() if how == "right")
    visited = Visit.objects.filter(learner=learner).values_list("page", flat=True)
    return Standing(learner.stream, tuple(visited), solved)
