from drawn import spoken, words
from vitreous.show.likelihood import History, likelihood_figure


def test_gains_are_told_in_words_and_units():
    history = History([-5e5, -4.2e5, -4e5], [-5.1e5, -4.3e5, -4.1e5], [1.0, 0.2, 0.004], [30.0, 15.0, 9.0])
    svg = likelihood_figure(history, 1000)
    assert {"gain (nats per image)", "changed class (%)", "iteration", "log-likelihood", "objective"} <= set(words(svg))
    said = "3 iterations: the log-likelihood rose by 100 nats per image, and in the last iteration 0.4 %"
    assert said in spoken(svg)


def test_one_iteration_without_a_change_can_be_drawn():
    assert "1 iteration:" in spoken(likelihood_figure(History([-1.0], [-1.0], [0.0], [30.0]), 10))
