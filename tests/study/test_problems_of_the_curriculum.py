"""Every problem of the curriculum, on fifty drawings each: the right answer is right, each mistake has its own hint."""

import re
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from vitreous.study.problems import (
    Choose,
    Complex,
    Compute,
    Derive,
    Explain,
    Expression,
    Matrix,
    Number,
    Order,
    OwnFunction,
    Quaternion,
    Vector,
)
from vitreous.study.problems.catalogue import CURRICULUM, problems_in, topics
from vitreous.study.problems.comparison import difference
from vitreous.study.problems.marking import draw, mark_attempt
from vitreous.study.problems.own import check_file, hidden_cases, recognised, run_source

SEEDS = range(50)
TOPICS = topics()


@cache
def of_topic(topic: str) -> list[Any]:
    return [problem for file in sorted((CURRICULUM / topic).glob("*/problems.py")) for problem in problems_in(file)]


def of_kind(topic: str, kind: type) -> list[Any]:
    return [problem for problem in of_topic(topic) if isinstance(problem, kind)]


@cache
def attempts(topic: str, key: str) -> list[tuple[int, Any]]:
    problem = next(problem for problem in of_topic(topic) if problem.key == key)
    return [(seed, draw(problem, seed)) for seed in SEEDS]


def drawings(topic: str):
    for problem in of_kind(topic, Compute):
        for seed, attempt in attempts(topic, problem.key):
            yield f"{topic}: {problem.key}, seed {seed}", attempt


@pytest.mark.parametrize("topic", TOPICS)
def test_keys_are_unique_and_fit_an_address(topic):
    keys = [problem.key for problem in of_topic(topic)]
    assert sorted(keys) == sorted(set(keys)), "a key stands twice in one topic"
    assert all(re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", key) for key in keys), keys
    assert all(problem.title.strip() for problem in of_topic(topic))


@pytest.mark.parametrize("topic", TOPICS)
def test_the_right_answer_as_typed_is_right(topic):
    for where, attempt in drawings(topic):
        verdict = mark_attempt(attempt, attempt.answer.written())
        assert verdict.right, f"{where}: {attempt.answer.written()!r} is refused"


@pytest.mark.parametrize("topic", TOPICS)
def test_a_listed_mistake_is_refused_with_its_own_hint(topic):
    for where, attempt in drawings(topic):
        hints = [mistake.hint for mistake in attempt.mistakes]
        assert len(set(hints)) == len(hints), f"{where}: two mistakes have one hint"
        for mistake in attempt.mistakes:
            typed = replace(attempt.answer, value=mistake.answer).written()
            verdict = mark_attempt(attempt, typed)
            assert not verdict.right, f"{where}: the mistake {typed!r} is accepted ({mistake.hint})"
            assert verdict.mistake_hint == mistake.hint, f"{where}: {typed!r} gets the hint {verdict.mistake_hint!r}"


@pytest.mark.parametrize("topic", TOPICS)
def test_a_wrong_sign_or_factor_is_refused_with_a_hint(topic):
    for where, attempt in drawings(topic):
        answer = attempt.answer
        if isinstance(answer, Number) and answer.value and answer.accepts(0.0) is False:
            for factor in (-1.0, 2 * np.pi, np.pi / 180, 0.25):
                verdict = mark_attempt(attempt, f"{factor * answer.value:.12g}")
                told = f"{where}: {factor:.3g} times the right answer"
                assert not verdict.right, f"{told} is accepted"
                assert verdict.mistake_hint, f"{told} gets no hint"


@pytest.mark.parametrize("topic", TOPICS)
def test_numbers_are_fresh_and_drawn_by_the_seed(topic):
    for problem in of_kind(topic, Compute):
        found = attempts(topic, problem.key)
        words = {repr((attempt.statement, attempt.answer)) for _, attempt in found}
        assert len(words) > 1, f"{topic}: {problem.key} is the same for every seed"
        again = draw(problem, 0)
        assert repr(again) == repr(found[0][1]), f"{topic}: {problem.key} draws from more than its generator"


@pytest.mark.parametrize("topic", TOPICS)
def test_words_are_whole(topic):
    for where, attempt in drawings(topic):
        words = [attempt.statement, attempt.worked, *attempt.hints, *(mistake.hint for mistake in attempt.mistakes)]
        if isinstance(attempt.answer, Choose | Order):
            words += attempt.answer.options if isinstance(attempt.answer, Choose) else attempt.answer.items
        assert attempt.hints, f"{where}: no hint"
        for text in words:
            _mathematics_is_whole(f"{where}: {text!r}", text)


@pytest.mark.parametrize("topic", TOPICS)
def test_the_worked_answer_ends_in_the_numbers(topic):
    for where, attempt in drawings(topic):
        numbers = _numbers(attempt.worked)
        for wanted, allowed in _parts(attempt.answer):
            near = [number for number in numbers if abs(number - abs(wanted)) <= allowed]
            assert near, f"{where}: {wanted:.6g} stands nowhere in {attempt.worked!r}"


@pytest.mark.parametrize("topic", TOPICS)
def test_every_step_of_a_derivation_holds(topic):
    for problem in of_kind(topic, Derive):
        assert len(problem.steps) >= 2, f"{topic}: {problem.key}"
        _mathematics_is_whole(problem.key, problem.claim)
        for place, step in enumerate(problem.steps):
            _mathematics_is_whole(problem.key, step.text)
            _braces_match(f"{problem.key}, step {place + 1}", step.equation)
            assert bool(step.check()), f"{topic}: {problem.key}, step {place + 1}"


@pytest.mark.parametrize("topic", TOPICS)
def test_a_question_in_words_has_an_answer_and_points_to_compare(topic):
    for problem in of_kind(topic, Explain):
        assert len(problem.checklist) >= 3, f"{topic}: {problem.key}"
        assert len(problem.answer.split()) >= 40, f"{topic}: {problem.key}: the model answer is short"
        for text in (problem.question, problem.answer, *problem.checklist):
            _mathematics_is_whole(f"{topic}: {problem.key}", text)


@pytest.mark.parametrize("topic", TOPICS)
def test_an_own_function_is_told_from_its_wrong_versions(topic):
    for problem in of_kind(topic, OwnFunction):
        assert problem.hints, f"{topic}: {problem.key}"
        assert problem.function in _run(problem.starter), f"{problem.key}: the starter does not define the function"
        cases = list(problem.cases(np.random.default_rng(0)))
        assert len(cases) >= 3, f"{topic}: {problem.key}"
        for case in cases:
            told = _told(problem, problem.solution, case)
            assert told is None, f"{topic}: {problem.key}, {case.about}: {told}"
        hints = [mistake.hint for mistake in problem.mistakes]
        assert len(set(hints)) == len(hints), f"{topic}: {problem.key}: two wrong versions have one hint"
        for mistake in problem.mistakes:
            given = [(case, _result(problem, mistake.answer, case)) for case in cases]
            failed = [(case, result) for case, result in given if difference(result, case.expected, case.absolute)]
            assert failed, f"{topic}: {problem.key} accepts: {mistake.hint}"
            told = {recognised(problem, case, result) for case, result in failed}
            assert mistake.hint in told, f"{topic}: {problem.key}: {mistake.hint!r} is never given, but {told}"


def _run(source: str) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "a_version"}
    exec(compile(source, "a version", "exec"), names)  # noqa: S102
    return names


@pytest.mark.parametrize("topic", TOPICS)
def test_an_own_function_s_solution_passes_as_a_learner_s_file(topic, tmp_path):
    for problem in of_kind(topic, OwnFunction):
        file = tmp_path / "solution.py"
        file.write_text(problem.solution)
        outcomes = list(check_file(problem, file))
        assert len(outcomes) == len(hidden_cases(problem))
        assert all(outcome.passed for outcome in outcomes), f"{topic}: {problem.key}: {outcomes}"


def _result(problem: OwnFunction, source: str, case: Any) -> Any:
    """What a version gives; what it raises, as no result."""
    try:
        return run_source(problem, source, case)
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        return error


def _told(problem: OwnFunction, source: str, case: Any) -> str | None:
    return difference(run_source(problem, source, case), case.expected, case.absolute)


def _parts(answer: Any):
    """The numbers of an answer with how near the worked text, which rounds, must come."""
    if isinstance(answer, Number):
        yield answer.value, max(answer.absolute, answer.relative * abs(answer.value), 1e-9)
    elif isinstance(answer, Complex):
        allowed = max(answer.absolute, answer.relative * abs(answer.value))
        yield from ((answer.value.real, allowed), (answer.value.imag, allowed))
    elif isinstance(answer, Vector | Quaternion):
        yield from ((float(part), 2 * answer.absolute) for part in answer.value)
    elif isinstance(answer, Matrix):
        yield from ((float(part), 2 * answer.absolute) for row in answer.value for part in row)
    else:
        assert isinstance(answer, Choose | Order | Expression)


def _numbers(text: str) -> list[float]:
    """The sizes of the numbers of a text, also those written as 1.2\\times 10^{-3}, a fraction or a simple root."""
    plain = text.replace("{,}", "").replace(r"\,", "").replace("−", "-").replace(" × ", r"\times ")
    plain = plain.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-"))
    found = [float(word) for word in re.findall(r"\d+\.?\d*(?:[eE][-+]?\d+)?", plain)]
    power = r"(\d+\.?\d*)\s*\\(?:times|cdot)\s*10\^?\{?\s*(-?\d+)\}?"
    found += [float(digits) * 10.0 ** int(exponent) for digits, exponent in re.findall(power, plain)]
    found += [10.0 ** int(exponent) for exponent in re.findall(r"10\^\{?\s*(-?\d+)\}?", plain)]
    fractions = re.findall(r"\\t?frac\{(\d+\.?\d*)\}\{(\d+\.?\d*)\}", plain) + re.findall(
        r"(\d+\.?\d*)/(\d+\.?\d*)", plain
    )
    return found + [float(one) / float(other) for one, other in fractions if float(other)]


def _mathematics_is_whole(where: str, text: str) -> None:
    assert text.strip(), where
    bare = text.replace(r"\$", "")
    assert bare.count("$") % 2 == 0, f"{where}: a $ has no partner"
    assert not re.search(r"\{[a-z_]+(:[^}\\ ]*)?\}", re.sub(r"\$[^$]*\$", "", bare)), f"{where}: an unfilled place"
    assert not any(sign in text for sign in "\t\f\v\a\b\r"), f"{where}: a backslash was taken for a control character"
    for formula in re.findall(r"\$\$?([^$]*)\$\$?", bare):
        _braces_match(where, formula)
        assert "nan" not in re.split(r"\W+", formula), where


def _braces_match(where: str, formula: str) -> None:
    depth = 0
    for sign in re.sub(r"\\[{}]", "", formula):
        depth += {"{": 1, "}": -1}.get(sign, 0)
        assert depth >= 0, f"{where}: a brace closes nothing"
    assert depth == 0, f"{where}: a brace is not closed"
