"""What the user gives raises in the middle of a fit: the error comes out as it is."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from breaking import TASKS, WORDS, X, assert_same, fitted_state, quietly, task
from sklearn.base import clone
from sklearn.preprocessing import FunctionTransformer

from sklearn_rnn import RNNClassifier, SequenceVectorizer, StepwiseTransformer
from sklearn_rnn.core.training import Trainer


class Broken(Exception):
    """Nothing that the package knows."""


def breaks_at(n, function):
    """A function that raises when it is called for the n-th time, from 0."""
    calls = itertools.count()

    def broken(*args, **kwargs):
        if next(calls) == n:
            raise Broken
        return function(*args, **kwargs)

    return broken


def assert_leaves_all(estimator, method, X, y, error=Broken):
    """A method raises, and leaves an estimator as it was, fitted or not."""
    before = fitted_state(estimator)
    with pytest.raises(error):
        quietly(getattr(estimator, method), X, y)
    assert fitted_state(estimator).keys() == before.keys()
    assert_same(fitted_state(estimator), before)


class BrokenShards:
    """Makes the n-th shard of all minibatches raise; none while n is None."""

    def __init__(self, error, monkeypatch):
        self.error, self.loss_gradient = error, Trainer.loss_gradient
        self.start(None)

        def broken(trainer, *args):
            return self.run(trainer, *args)

        monkeypatch.setattr(Trainer, "loss_gradient", broken)

    def start(self, n):
        """Count anew."""
        self.n, self.calls = n, itertools.count()

    def run(self, trainer, *args):
        """In the place of `Trainer.loss_gradient`."""

        def mapped(function, *shards):
            return trainer.map(lambda *shard: self.one(function, *shard), *shards)

        return self.loss_gradient(replace(trainer, map=mapped), *args)

    def one(self, function, *shard):
        result = function(*shard)
        if next(self.calls) == self.n:
            raise self.error
        return result


@pytest.mark.parametrize("error", [MemoryError, Broken])
@pytest.mark.parametrize("n_jobs", [1, 2])
@pytest.mark.parametrize("name", TASKS)
def test_errors_within_an_epoch(name, n_jobs, error, monkeypatch):
    """As when memory is short: in the first epoch, a later one, and going on."""
    estimator, X, y = task(name, batch_size=2, n_jobs=n_jobs)
    whole = fitted_state(quietly(clone(estimator).fit, X, y))
    shards = BrokenShards(error, monkeypatch)
    for n in (0, 1, 5 * n_jobs):
        shards.start(n)
        assert_leaves_all(estimator, "fit", X, y, error)
    shards.start(None)
    assert_same(fitted_state(quietly(estimator.fit, X, y)), whole)
    for warm_start, method in ((False, "fit"), (True, "fit"), (True, "partial_fit")):
        shards.start(1)
        estimator.set_params(warm_start=warm_start)
        assert_leaves_all(estimator, method, X, y, error)
    shards.start(None)
    estimator.set_params(warm_start=False)
    assert_same(fitted_state(quietly(estimator.fit, X, y)), whole)


PARTS = {
    "tokenizer": str.split,
    "preprocessor": str.lower,
    "strip_accents": str.lower,
    "analyzer": str.split,
    "token_features": list,
}


@pytest.mark.parametrize("n", [0, 2])
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.filterwarnings("ignore:.*token_pattern")
def test_parts_of_a_vectorizer(part, n):
    documents = ["a b", "b c", "c d e", "f"]
    for method in ("fit", "fit_transform", "transform"):
        vectorizer = SequenceVectorizer(**{part: PARTS[part]})
        if method == "transform":
            vectorizer.fit(documents)
        vectorizer.set_params(**{part: breaks_at(n, PARTS[part])})
        before = fitted_state(vectorizer)
        with pytest.raises(Broken):
            getattr(vectorizer, method)(documents)
        assert_same(fitted_state(vectorizer), before)
        vectorizer.set_params(**{part: PARTS[part]})
        vectorizer.fit_transform(documents)


@pytest.mark.parametrize(
    ("name", "parameter"),
    [
        ("generator", "vectorizer"),
        ("translator", "source_vectorizer"),
        ("translator", "target_vectorizer"),
    ],
)
def test_a_vectorizer_inside(name, parameter):
    """Also in epochs after the first fit, with which the estimator goes on."""
    estimator, X, y = task(name)

    def sick(text):
        if Sick.now:
            raise Broken
        return text

    class Sick:
        now = True

    letters = SequenceVectorizer(analyzer="char", preprocessor=sick)
    estimator.set_params(**{parameter: letters})
    assert_leaves_all(estimator, "fit", X, y)
    Sick.now = False
    quietly(estimator.fit, X, y)
    Sick.now = True
    for method in ("fit", "partial_fit"):
        assert_leaves_all(estimator, method, X, y)
    Sick.now = False
    quietly(estimator.partial_fit, X, y)


class Draws(np.random.RandomState):
    """A generator of random numbers that fails when it is to make an order."""

    def permutation(self, x):
        raise Broken

    def __deepcopy__(self, memo):
        return self


class Generator(np.random.RandomState):
    """One that fails at the first number."""

    def uniform(self, *args, **kwargs):
        raise Broken

    normal = standard_normal = rand = randn = random_sample = uniform


@pytest.mark.parametrize("kind", [Draws, Generator])
@pytest.mark.parametrize("name", TASKS)
def test_random_states(name, kind):
    estimator, X, y = task(name, random_state=kind(0))
    assert_leaves_all(estimator, "fit", X, y)
    estimator.set_params(random_state=0)
    quietly(estimator.fit, X, y)


class Disk:
    """A list that is read from a disk, which fails at one place."""

    def __init__(self, values, bad=3):
        self.values, self.bad = values, bad

    def __len__(self):
        return len(self.values)

    def __getitem__(self, i):
        if i == self.bad:
            raise OSError("the disk is gone")
        return self.values[i]

    def __iter__(self):
        return stream(self.values, self.bad)


def stream(values, bad=3):
    """The same, one after the other."""
    for i, value in enumerate(values):
        if i == bad:
            raise OSError("the disk is gone")
        yield value


@pytest.mark.parametrize("name", TASKS)
def test_data_that_are_read_while_they_are_used(name):
    """An error of reading them is passed on, or they are not taken at all."""
    estimator, X, y = task(name)
    for fitted in (False, True):
        for source in (Disk, stream):
            for method in ("fit", "partial_fit"):
                kinds = (OSError, TypeError, ValueError)
                assert_leaves_all(estimator, method, source(X), y, kinds)
        if not fitted:
            quietly(estimator.fit, X, y)


def test_documents_that_are_read_while_they_are_used():
    vectorizer = SequenceVectorizer(analyzer="char")
    for fitted in (False, True):
        for source in (Disk, stream):
            assert_leaves_all(vectorizer, "fit", source(WORDS), None, OSError)
        if not fitted:
            vectorizer.fit(iter(WORDS))
    for source in (Disk, stream):
        with pytest.raises(OSError, match="the disk is gone"):
            vectorizer.transform(source(WORDS))


class HalfWay(FunctionTransformer):
    """A transformer that has changed itself when it fails."""

    seen_ = 0

    def partial_fit(self, X, y=None):
        self.seen_ += len(X)
        if self.seen_ > 20:
            raise Broken
        return self


def test_a_transformer_of_steps_that_fails_half_way():
    transformer = StepwiseTransformer(HalfWay()).partial_fit(X)
    seen = transformer.transformer_.seen_
    assert 0 < seen <= 20
    with pytest.raises(Broken):
        transformer.partial_fit(X)
    assert transformer.transformer_.seen_ == seen


class Vectors(dict):
    """Word vectors that cannot be read."""

    def __getitem__(self, word):
        raise Broken


def test_word_vectors():
    X = SequenceVectorizer(analyzer="char").fit_transform(WORDS)
    estimator = RNNClassifier(2, embedding_init=Vectors(a=[1.0, 2.0]), random_state=0)
    assert_leaves_all(estimator, "fit", X, [0, 1, 0, 1, 0, 1])


class Told:
    """A callback that raises in one of its hooks."""

    def __init__(self, where):
        self.where, self.now = where, True

    def reached(self, hook):
        if self.now and hook == self.where:
            raise Broken

    def setup(self, estimator, context):
        self.reached("setup")

    def teardown(self, estimator, context):
        self.reached("teardown")

    def on_fit_task_begin(self, estimator, context):
        self.reached(f"begin {context.task_name}")

    def on_fit_task_end(self, estimator, context):
        self.reached(f"end {context.task_name}")


@pytest.mark.parametrize(
    "where", ["setup", "begin fit", "begin epoch", "end epoch", "end fit", "teardown"]
)
@pytest.mark.parametrize("name", [*TASKS, "vectorizer"])
def test_callbacks(name, where):
    pytest.importorskip("sklearn.callback")
    told = Told(where)
    if name == "vectorizer":
        if "epoch" in where:
            pytest.skip("it has no epochs")
        estimator, X, y = SequenceVectorizer(), ["a b", "b"], None
    else:
        estimator, X, y = task(name)
    estimator.set_callbacks(told)
    assert_same_but_callbacks(estimator, X, y)
    told.now = False
    quietly(estimator.fit, X, y)
    told.now = True
    assert_same_but_callbacks(estimator, X, y)


def assert_same_but_callbacks(estimator, X, y):
    """It leaves no trace, be it of scikit-learn."""
    before = dict(vars(estimator))
    with pytest.raises(Broken):
        quietly(estimator.fit, X, y)
    after = vars(estimator)
    assert after.keys() == before.keys()
    assert all(after[name] is value for name, value in before.items())
