"""Problems: fresh numbers, kinds of answers, hints, derivations checked step by step, the learner's own functions."""

from vitreous.study.problems.answers import (
    Answer,
    Choose,
    Complex,
    Expression,
    Matrix,
    Number,
    Order,
    Quaternion,
    Vector,
)
from vitreous.study.problems.grammar import AnswerError
from vitreous.study.problems.problem import (
    Attempt,
    Case,
    Compute,
    Derive,
    Explain,
    Mistake,
    OwnFunction,
    Problem,
    Step,
    compute,
)

__all__ = [
    "Answer",
    "AnswerError",
    "Attempt",
    "Case",
    "Choose",
    "Complex",
    "Compute",
    "Derive",
    "Explain",
    "Expression",
    "Matrix",
    "Mistake",
    "Number",
    "Order",
    "OwnFunction",
    "Problem",
    "Quaternion",
    "Step",
    "Vector",
    "compute",
]
