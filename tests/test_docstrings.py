"""Docstrings say what the signatures and the fitted estimators are."""

import inspect
import re

import pytest
from helpers import public_modules
from sklearn.utils import get_tags

import sklearn_rnn
from sklearn_rnn.vectorizer import affix_features

PUBLIC = dict.fromkeys(
    getattr(module, name)
    for module in public_modules()
    for name in module.__all__
    if name != "SCORERS"
)
CLASSES = [item for item in PUBLIC if inspect.isclass(item)]
FUNCTIONS = [affix_features, *(item for item in PUBLIC if not inspect.isclass(item))]
BASES = dict.fromkeys(
    base
    for cls in CLASSES
    for base in cls.__mro__
    if base.__module__.startswith("sklearn_rnn.")
)
MEMBERS = [
    getattr(base, name)
    for base in BASES
    for name in vars(base)
    if not name.startswith("_") and not name.endswith("_request")  # scikit-learn's
]
METHODS = [member for member in MEMBERS if callable(member)]
PROPERTIES = [member for member in MEMBERS if isinstance(member, property)]
X, Y = [[1, 2, 3], [3, 1], [2], [1, 1]], [0, 1, 0, 1]


def name_of(item):
    """Name of a class, function, method or property."""
    return getattr(item, "fget", item).__qualname__


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


@pytest.mark.parametrize("function", METHODS + FUNCTIONS, ids=name_of)
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


@pytest.mark.parametrize(
    "item", [*CLASSES, *FUNCTIONS, *METHODS, *PROPERTIES], ids=name_of
)
def test_examples(item):
    _, _, examples = inspect.cleandoc(item.__doc__).partition("\nExamples\n--------\n")
    assert ">>> " in examples
