"""The one exception for bad input: it says which file, which place, what was found and what to do."""

from vitreous._typing import Path

__all__ = ["InputError"]


class InputError(ValueError):
    """What a person handed in cannot be used.

    Parameters
    ----------
    problem
        What was found, with the value, shape or unit that arrived, and what was expected.
    file
        The file in question.
    place
        The place in it: a line, row, column or header field.
    advice
        What to do about it.

    Notes
    -----
    The text of the exception is one line, ``FILE: PLACE: PROBLEM; ADVICE``: the command line prints it as it is and
    ends with exit status 2.
    """

    def __init__(self, problem: str, *, file: Path | None = None, place: str | None = None, advice: str | None = None):
        self.problem = problem
        self.file = file
        self.place = place
        self.advice = advice
        where = ": ".join(str(part) for part in (file, place) if part is not None)
        text = f"{where}: {problem}" if where else problem
        text = f"{text}; {advice}" if advice else text
        super().__init__(" ".join(text.split()))
