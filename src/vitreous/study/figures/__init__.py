"""Figures to play with in a practical: panels, controls, predictions, and the engine's own lines."""

from vitreous.study.figures.code import code_of, see_the_code
from vitreous.study.figures.controls import Button, Choice, Control, Setting, Slider, Switch
from vitreous.study.figures.encode import encode
from vitreous.study.figures.figure import Figure, figure
from vitreous.study.figures.link import linked, linked_settings
from vitreous.study.figures.panels import (
    Arrow,
    Curve,
    Dots,
    Image,
    Mark,
    Panel,
    Path,
    Pixels,
    Plot,
    Scene,
    Sound,
    Table,
    Volume,
)
from vitreous.study.figures.predict import predict

__all__ = [
    "Arrow",
    "Button",
    "Choice",
    "Control",
    "Curve",
    "Dots",
    "Figure",
    "Image",
    "Mark",
    "Panel",
    "Path",
    "Pixels",
    "Plot",
    "Scene",
    "Setting",
    "Slider",
    "Sound",
    "Switch",
    "Table",
    "Volume",
    "code_of",
    "encode",
    "figure",
    "linked",
    "linked_settings",
    "predict",
    "see_the_code",
]
