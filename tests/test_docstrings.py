"""Docstrings say what the signatures and the fitted estimators are."""

import inspect
import re

import pytest
from sklearn.utils import get_tags

import sklearn_rnn
from sklearn_rnn import metrics
from sklearn_rnn._density import SequenceDensity
from sklearn_rnn._many_to_one import ManyToOneRNN
from sklearn_rnn.inspection import FuturesDisplay
from sklearn_rnn.utils import estimator_checks
from sklearn_rnn.vectorizer import affix_features

CLASSES = [
    value
    for name in sklearn_rnn.__all__
    if inspect.isclass(value := getattr(sklearn_rnn, name))
]
CLASSES.append(FuturesDisplay)
METHODS = [
    getattr(cls, name)
    for cls in [*CLASSES, SequenceDensity, ManyToOneRNN]
    for name, value in vars(cls).items()
    if not name.startswith("_") and callable(getattr(cls, name))
]
FUNCTIONS = [
    sklearn_rnn.check_sequences,
    sklearn_rnn.labels_from_frame,
    affix_features,
    estimator_checks.check_sequence_estimator,
    estimator_checks.parametrize_with_sequence_checks,
    estimator_checks.sequence_checks,
    *(getattr(metrics, name) for name in metrics.__all__ if name != "SCORERS"),
]
X, Y = [[1, 2, 3], [3, 1], [2], [1, 1]], [0, 1, 0, 1]


def documented(docstring, section):
    """Names in a numpydoc section; one line may name several."""
    lines = inspect.cleandoc(docstring)
    found = re.search(rf"{section}\n-+\n(.*?)(?:\n\n\w[^\n]*\n---|\Z)", lines, re.S)
    if not found:
        return []
    heads = re.findall(r"^(?:\*\*)?(\w[\w, ]*?) : ", found[1], re.M)
    return [name for head in heads for name in head.split(", ")]


def parameters(function):
    """Names in a signature, but `self`."""
    return [name for name in inspect.signature(function).parameters if name != "self"]


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_parameters_of_classes(cls):
    assert sorted(documented(cls.__doc__, "Parameters")) == sorted(parameters(cls))


@pytest.mark.parametrize(
    "function", METHODS + FUNCTIONS, ids=lambda function: function.__qualname__
)
def test_parameters_of_functions(function):
    assert documented(function.__doc__, "Parameters") == parameters(function)


@pytest.mark.parametrize(
    "estimator",
    [
        sklearn_rnn.RNNClassifier(4, max_iter=20),
        sklearn_rnn.RNNRegressor(4, max_iter=20),
        sklearn_rnn.RNNSequenceTagger(4, max_iter=20, crf=True),
        sklearn_rnn.RNNGenerator(4, max_iter=20),
        sklearn_rnn.StepwiseTransformer(),
        sklearn_rnn.FrameTransformer(2),
        sklearn_rnn.SequenceVectorizer(),
    ],
    ids=lambda estimator: type(estimator).__name__,
)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_attributes(estimator):
    takes_text = get_tags(estimator).input_tags.string
    labels_steps = isinstance(estimator, sklearn_rnn.RNNSequenceTagger)
    y = [[y] * len(x) for x, y in zip(X, Y, strict=True)] if labels_steps else Y
    estimator.fit([str(x) for x in X] if takes_text else X, y)
    names = documented(type(estimator).__doc__, "Attributes")
    fitted = [name for name in vars(estimator) if name.endswith("_")]
    assert set(fitted) <= set(names)
    for name in set(names) - {"feature_names_in_"}:  # columns that have names only
        assert hasattr(estimator, name), name


@pytest.mark.parametrize("item", CLASSES + FUNCTIONS, ids=lambda item: item.__name__)
def test_examples(item):
    assert ">>> " in item.__doc__
