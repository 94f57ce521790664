"""Two-dimensional expectation-maximization: from particle images to class averages, with a likelihood one can watch."""

from vitreous.classification.em import assign, classify
from vitreous.classification.options import Options
from vitreous.classification.state import Assignments, Iteration, State

__all__ = ["Assignments", "Iteration", "Options", "State", "assign", "classify"]
