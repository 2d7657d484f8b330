"""Vectorizers of generators and translators: changed, useless, without tokens."""

import copy
import functools
import pickle

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from sklearn_rnn import RNNGenerator, RNNTranslator, SequenceVectorizer

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

TEXTS = ["a cat", "a dog", "the cat", "the dog"]
SMALL = dict(hidden_layer_sizes=4, max_iter=2, random_state=0)


def cut(text, mark):
    return text.split(mark)


def splitting(mark):
    return functools.partial(cut, mark=mark)


class Cutter:
    """An object with a method that cuts, as those of other packages."""

    def __init__(self, mark=None):
        self.mark = mark

    def cut(self, text):
        return text.split(self.mark)


# -- changed after fit -----------------------------------------------------------------

CHANGES = [
    dict(vectorizer__lowercase=True),
    dict(vectorizer=None),
    dict(vectorizer=SequenceVectorizer(token_pattern=r"\S+")),
    dict(vectorizer__vocabulary=["a", "cat"]),
    dict(vectorizer__preprocessor=lambda text: text),
    dict(vectorizer__tokenizer=splitting("-")),
    dict(vectorizer__tokenizer=Cutter("-").cut),
]


@pytest.mark.parametrize("changes", CHANGES)
def test_another_vectorizer_is_refused(changes):
    words = SequenceVectorizer(tokenizer=splitting(" "))
    generator = RNNGenerator(**SMALL, vectorizer=words).fit(TEXTS)
    generator.set_params(**changes)
    before = generator.theta_.copy()
    with pytest.raises(ValueError, match=r"vectorizer__.* changed since .* take a cl"):
        generator.partial_fit(TEXTS)
    with pytest.raises(ValueError, match=r"vectorizer__.* Set warm_start=False"):
        generator.set_params(warm_start=True).fit(TEXTS)
    assert_array_equal(generator.theta_, before)
    generator.set_params(warm_start=False).fit(["a-cat"])  # which begins anew


@pytest.mark.parametrize("side", ["source", "target"])
def test_translators_refuse_other_vectorizers_on_either_side(side):
    translator = RNNTranslator(**SMALL).fit(TEXTS, TEXTS)
    translator.set_params(**{f"{side}_vectorizer": SequenceVectorizer()})
    message = rf"^{side}_vectorizer__analyzer changed since"
    with pytest.raises(ValueError, match=message):
        translator.partial_fit(TEXTS, TEXTS)


ALIKE = [
    dict(vocabulary=np.array(["a", "cat", "dog", "the"])),
    dict(vocabulary={"a": 0, "cat": 1, "dog": 2, "the": 3}),
    dict(vocabulary=pd.Series(["a", "cat", "dog", "the"])),
    dict(preprocessor=lambda text: text),
    dict(tokenizer=splitting(" ")),
    dict(tokenizer=functools.partial(lambda text, mark: text.split(mark), mark=" ")),
    dict(tokenizer=Cutter().cut),
    dict(strip_accents="ascii", preprocessor=str.lower),
]


@pytest.mark.parametrize("parameters", ALIKE)
def test_copies_of_parameters_are_no_change(parameters):
    words = SequenceVectorizer(**parameters)
    generator = RNNGenerator(**SMALL, vectorizer=words).fit(TEXTS)
    assert generator.partial_fit(TEXTS).n_iter_ == 3
    assert copy.deepcopy(generator).partial_fit(TEXTS).n_iter_ == 4
    generator.set_params(vectorizer=SequenceVectorizer(**parameters))
    assert generator.set_params(warm_start=True).fit(TEXTS).n_iter_ == 2


def test_stored_estimators_find_their_vectorizer_unchanged():
    words = SequenceVectorizer(tokenizer=Cutter().cut, vocabulary=["a", "cat"])
    generator = RNNGenerator(**SMALL, vectorizer=words).fit(TEXTS)
    assert pickle.loads(pickle.dumps(generator)).partial_fit(TEXTS).n_iter_ == 3


def test_another_distribution_is_refused():
    generator = RNNGenerator(**SMALL).fit([[0.0, 1.0], [1.0, 0.0, 1.0]])
    generator.set_params(distribution="bernoulli")
    with pytest.raises(ValueError, match=r"'bernoulli', but .* fitted with 'gaussian'"):
        generator.partial_fit([[0.0, 1.0]])
    generator.set_params(distribution="gaussian").partial_fit([[0.0, 1.0]])


# -- without an effect -----------------------------------------------------------------


def test_vectorizers_for_numbers_are_said_to_be_useless():
    numbers, words = [[0.5, 1.5], [2.0]], SequenceVectorizer()
    with pytest.warns(UserWarning, match="^vectorizer is not used: .* X is numbers"):
        RNNGenerator(**SMALL, vectorizer=words).fit(numbers)
    with pytest.warns(UserWarning, match="^source_vectorizer is not used"):
        RNNTranslator(**SMALL, source_vectorizer=words).fit(numbers, ["a", "b"])
    with pytest.warns(UserWarning, match="^target_vectorizer .* but y is numbers"):
        RNNTranslator(**SMALL, target_vectorizer=words).fit(["a", "b"], [1, 2])


def test_replacing_unknown_tokens_where_there_are_none():
    translator = RNNTranslator(**SMALL, replace_unk=True)
    with pytest.warns(UserWarning, match="replace_unk=True has no effect: .* min_df=2"):
        translator.partial_fit(TEXTS, TEXTS)
    translator.partial_fit(["a mouse"], ["a mouse"])  # now it has
    translator.set_params(replace_unk=False)
    with pytest.warns(UserWarning, match="They are never written"):
        translator.partial_fit(["a mouse"], ["a mouse"])
    rare = SequenceVectorizer(analyzer="char", min_df=3)
    RNNTranslator(**SMALL, replace_unk=True, target_vectorizer=rare).fit(TEXTS, TEXTS)


# -- without tokens --------------------------------------------------------------------


def listed(items):
    array = np.empty(len(items), dtype=object)
    array[:] = items
    return array


EMPTY = {
    "list": [[], []],
    "tuple": ((), ()),
    "object array": listed([[], []]),
    "array": np.empty((2, 0)),
    "list of arrays": [np.empty(0), np.empty(0)],
    "series": pd.Series([[], []]),
    "series of arrays": pd.Series([np.empty(0), np.empty(0)]),
    "series of text": pd.Series(["", ""]),
}


@pytest.mark.parametrize("kind", EMPTY)
@pytest.mark.parametrize("X", [TEXTS, [text.split() for text in TEXTS]])
def test_documents_without_tokens_in_any_container(X, kind):
    generator = RNNGenerator(**SMALL).fit(X)
    translator = RNNTranslator(**SMALL).fit(X, X)
    empty = EMPTY[kind]
    assert_array_equal(
        generator.score_samples(empty), generator.score_samples([""] * 2)
    )
    assert len(translator.predict(empty)) == 2


@pytest.mark.parametrize(
    "X",
    [np.empty((2, 0, 3)), np.array(5.0), pd.DataFrame(index=[0, 1]), [1.0], iter([])],
)
def test_what_holds_no_documents_is_refused(X):
    generator = RNNGenerator(**SMALL).fit(TEXTS)
    with pytest.raises((TypeError, ValueError)):
        generator.score_samples(X)
