"""Controls of a figure: what a learner may set, and the range that holds whatever a browser sends."""

import math
from dataclasses import dataclass

__all__ = ["Button", "Choice", "Control", "Setting", "Slider", "Switch"]

Setting = float | int | bool | str | list[float] | list[list[float]]


@dataclass(frozen=True)
class Slider:
    """A number between two limits, in steps, shown with its unit.

    Parameters
    ----------
    name : str
        The setting's name, an identifier with its unit: ``defocus_um``.
    label : str
        What a reader sees: ``defocus``.
    low, high, value : float
        Limits and the value at rest, in ``unit``.
    step : float
        Distance of neighbouring values; of their logarithms to base ten where ``logarithmic``.
    unit : str
        Written after the number.
    logarithmic : bool
        Equal ways along the slider are equal factors.
    playable : bool
        A button beside the slider moves it to and fro.
    """

    name: str
    label: str
    low: float
    high: float
    value: float
    step: float
    unit: str = ""
    logarithmic: bool = False
    playable: bool = False

    def clamp(self, given: object) -> float:
        """Return the number given, held between the limits; the value at rest where it is no finite number."""
        if isinstance(given, str):
            try:
                given = float(given)
            except ValueError:
                return self.value
        if isinstance(given, bool) or not isinstance(given, (int, float)) or not math.isfinite(given):
            return self.value
        return min(max(float(given), self.low), self.high)

    def extremes(self) -> list[Setting]:
        """Return the settings at both ends."""
        return [self.low, self.high]


@dataclass(frozen=True)
class Switch:
    """Something that is on or off."""

    name: str
    label: str
    value: bool = False

    def clamp(self, given: object) -> bool:
        """Return whether it is on; a link writes 1 and 0."""
        if isinstance(given, str):
            return {"1": True, "0": False}.get(given, self.value)
        return given if isinstance(given, bool) else self.value

    def extremes(self) -> list[Setting]:
        """Return both settings."""
        return [False, True]


@dataclass(frozen=True)
class Choice:
    """One of a few named options."""

    name: str
    label: str
    options: tuple[str, ...]
    value: str

    def clamp(self, given: object) -> str:
        """Return the option given; the one at rest where it is none of them."""
        return given if isinstance(given, str) and given in self.options else self.value

    def extremes(self) -> list[Setting]:
        """Return every option."""
        return list(self.options)


@dataclass(frozen=True)
class Button:
    """A button: its setting counts how often it was pressed, which serves as a seed or a step number."""

    name: str
    label: str
    value: int = 0
    most: int = 10_000

    def clamp(self, given: object) -> int:
        """Return the count given, held between zero and ``most``."""
        if isinstance(given, str):
            given = int(given) if given.isdecimal() else self.value
        if isinstance(given, bool) or not isinstance(given, (int, float)) or not math.isfinite(given):
            return self.value
        return min(max(int(given), 0), self.most)

    def extremes(self) -> list[Setting]:
        """Return never pressed and pressed three times."""
        return [0, 3]


Control = Slider | Switch | Choice | Button
