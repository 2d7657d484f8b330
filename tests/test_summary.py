"""The table of layers and parameters."""

import re

import pytest
from sklearn.exceptions import NotFittedError

from sklearn_rnn import RNNClassifier, RNNTranslator

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X, y = [[1, 2, 3], [3, 2], [2, 3], [3, 2, 1, 0]], [1, 0, 1, 0]


@pytest.fixture
def classifier():
    return RNNClassifier(
        (3, 2), bidirectional=True, embedding_dim=5, pooling="attention", max_iter=1
    ).fit(X, y)


def test_layers(classifier):
    layers = {layer.name: layer for layer in classifier.summary().layers}
    assert list(layers) == [
        "embedding",
        "recurrent.0.forward",
        "recurrent.0.backward",
        "recurrent.1.forward",
        "recurrent.1.backward",
        "pooling",
        "output",
    ]
    gru = layers["recurrent.1.backward"]
    assert gru.arrays == "Wx (6, 6), Wh (2, 6), b (6,), bh (2,)"
    assert gru.n_parameters == 36 + 12 + 6 + 2


def test_total(classifier):
    summary = classifier.summary()
    assert summary.n_parameters == len(classifier.theta_)
    assert sum(layer.n_parameters for layer in summary.layers) == summary.n_parameters


def test_layers_come_once():
    """Also where arrays of a layer are not beside each other."""
    translator = RNNTranslator(4, max_iter=1).fit(["ab", "ba"], ["x y", "y x"])
    names = [layer.name for layer in translator.summary().layers]
    assert len(names) == len(set(names))


def test_table(classifier):
    lines = repr(classifier.summary()).splitlines()
    assert lines[0] == "RNNClassifier"
    assert len({len(line) for line in lines[1:]}) == 1
    assert re.fullmatch(r"all +[\d,]+", lines[-1])


def test_html(classifier):
    summary = classifier.summary()
    html = summary._repr_html_()
    assert html.count("<tr>") == len(summary.layers) + 2
    assert "<td>recurrent.0.forward</td>" in html


def test_not_fitted():
    with pytest.raises(NotFittedError):
        RNNClassifier().summary()
