"""A question to answer before playing."""

import subprocess
import sys

from vitreous.study.figures.predict import predict


def test_one_group_of_answers_and_what_happens_behind_a_fold():
    shown = predict("Is 1 < 2?", ["yes", "no & never"], "It **is**.").text
    assert shown.count('type="radio"') == 2
    assert "Is 1 &lt; 2?" in shown
    assert "no &amp; never" in shown
    assert "<strong>is</strong>" in shown
    assert "<details>" in shown


def test_two_questions_are_two_groups_and_names_are_the_same_in_every_process():
    first, second = predict("One?", ["a"], "").text, predict("Two?", ["a"], "").text
    name = first.split('name="')[1].split('"')[0]
    assert name not in second
    code = "from vitreous.study.figures import predict; print(predict('One?', ['a'], '').text)"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert f'name="{name}"' in other
