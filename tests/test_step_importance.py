"""Importance of steps and features, of estimators that look where they are told."""

import numpy as np
import pytest
from joblib import parallel_config
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.inspection import permutation_importance
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_rnn import (
    RNNClassifier,
    RNNRegressor,
    RNNSequenceTagger,
    Sequences,
    SequenceVectorizer,
)
from sklearn_rnn.inspection import StepImportanceDisplay, step_importance

RNG = np.random.RandomState(0)
LENGTHS = RNG.randint(2, 6, size=60)
LENGTHS[0] = 7  # the only one so long
DENSE = Sequences(RNG.normal(size=(LENGTHS.sum(), 3)), LENGTHS, ["a", "b", "c"])
SPARSE = DENSE.with_values(
    sparse.csr_array(np.where(DENSE.values > 0.3, DENSE.values, 0.0)), ["a", "b", "c"]
)


class Looks(RegressorMixin, BaseEstimator):
    """Predicts what it sees at one step of one feature; negative steps are counted
    from the end."""

    def __init__(self, step, feature):
        self.step, self.feature = step, feature

    def fit(self, X, y):
        return self

    def predict(self, X):
        padded = [
            np.pad(x[:, self.feature], (9 - len(x), 0) if self.step < 0 else (0, 9))
            for x in (X.with_values(dense(X)))
        ]
        return np.array([x[self.step] for x in padded])


def dense(X):
    """Values as a dense array."""
    return X.values.toarray() if sparse.issparse(X.values) else X.values


@pytest.mark.parametrize("X", [DENSE, SPARSE], ids=["dense", "sparse"])
@pytest.mark.parametrize(
    ("step", "by", "found"),
    [
        (1, "step", 1),
        (3, "step", 3),
        (-1, "step_from_end", 0),
        (-3, "step_from_end", 2),
    ],
)
def test_the_step_looked_at_is_found_and_no_other(X, step, by, found):
    looks = Looks(step, 2)
    y = looks.predict(X)
    result = step_importance(looks, X, y, by=by, random_state=0)
    assert result.importances.shape == (7, 5)
    assert (result.importances[found] > 0.5).all()
    others = np.delete(np.arange(7), found)
    assert_array_equal(result.importances[others], 0.0)
    assert_array_equal(result.names, np.arange(7))
    assert_array_equal(result.importances_mean, result.importances.mean(axis=1))
    assert_array_equal(result.importances_std, result.importances.std(axis=1))


@pytest.mark.parametrize("X", [DENSE, SPARSE], ids=["dense", "sparse"])
def test_the_feature_looked_at_is_found_and_no_other(X):
    looks = Looks(1, 2)
    y = looks.predict(X)
    result = step_importance(looks, X, y, by="feature", random_state=0)
    assert (result.importances[2] > 0.5).all()
    assert_array_equal(result.importances[:2], 0.0)
    assert result.names.tolist() == ["a", "b", "c"]
    numbered = X.with_values(X.values)
    result = step_importance(looks, numbered, y, by="feature", random_state=0)
    assert result.names.tolist() == [0, 1, 2]


def test_steps_exchanged_together():
    looks = Looks(4, 0)
    y = looks.predict(DENSE)
    result = step_importance(looks, DENSE, y, width=3, random_state=0)
    assert result.names.tolist() == [0, 3, 6]
    assert result.n_steps == 7
    assert_array_equal(result.importances_mean > 0, [False, True, False])


class Remembers(BaseEstimator):
    """Keeps every X that is to be scored."""

    def __init__(self, seen):
        self.seen = seen

    def fit(self, X, y=None):
        return self

    def score(self, X, y=None):
        self.seen.append(X)
        return 0.0


@pytest.mark.parametrize("X", [DENSE, SPARSE], ids=["dense", "sparse"])
@pytest.mark.parametrize("by", ["step", "step_from_end", "feature"])
def test_what_is_exchanged(by, X):
    """At each step, the same values, by whole rows, and nothing else is touched."""
    before, values = dense(X).copy(), X.values
    seen = []
    step_importance(Remembers(seen), X, by=by, n_repeats=2, random_state=0)
    original, *others = seen
    assert X.values is values
    assert_array_equal(dense(X), before)
    assert_array_equal(dense(original), before)
    place = np.concatenate([np.arange(length) for length in LENGTHS])
    if by == "step_from_end":
        place = np.repeat(LENGTHS, LENGTHS) - 1 - place
    for i, other in enumerate(others):
        item = i // 2
        after = dense(other)
        assert_array_equal(other.lengths, LENGTHS)
        assert other.feature_names.tolist() == ["a", "b", "c"]
        assert other.values.dtype == X.values.dtype
        if by == "feature":
            kept = np.delete([0, 1, 2], item)
            assert_array_equal(after[:, kept], before[:, kept])
            at_each_step = [(place == step, [item]) for step in range(7)]
        else:
            assert_array_equal(after[place != item], before[place != item])
            at_each_step = [(place == item, [0, 1, 2])]
        for rows, columns in at_each_step:
            old, new = before[rows][:, columns], after[rows][:, columns]
            assert sorted(map(tuple, new)) == sorted(map(tuple, old))
            assert len(old) == 1 or X is SPARSE or (old != new).all()


def test_a_feature_is_exchanged_by_whole_sequences_where_they_are_equally_long():
    X = Sequences(np.arange(40.0).reshape(20, 2), np.full(5, 4))
    seen = []
    step_importance(Remembers(seen), X, by="feature", n_repeats=3, random_state=0)
    series = X.values[:, 1].reshape(5, 4).tolist()
    for other in seen[-3:]:
        exchanged = other.values[:, 1].reshape(5, 4).tolist()
        assert exchanged != series
        assert sorted(exchanged) == series


def test_as_permutation_importance_of_a_table():
    """Where all sequences are equally long, steps are the columns of a table."""
    X = RNG.normal(size=(200, 4))
    y = X @ [0.0, 1.0, 0.2, -0.5]
    regressor = RNNRegressor(8, random_state=0, max_iter=30, batch_size=50).fit(X, y)
    ours = step_importance(regressor, X, y, n_repeats=60, random_state=0)
    theirs = permutation_importance(regressor, X, y, n_repeats=60, random_state=0)
    assert_allclose(
        ours.importances_mean, theirs.importances_mean, rtol=0.07, atol=0.02
    )
    assert_allclose(ours.importances_std, theirs.importances_std, rtol=0.5, atol=0.02)


def test_tables_stay_tables():
    """Of their own kind, so that pipelines for tables can be scored."""
    pd = pytest.importorskip("pandas")
    X = RNG.normal(size=(50, 3))
    frame = pd.DataFrame(X, columns=["a", "b", "c"], index=range(50, 100))
    scaled = make_pipeline(StandardScaler(), RNNRegressor(4, random_state=0))
    results = [
        step_importance(scaled.fit(table, X[:, 1]), table, X[:, 1], random_state=0)
        for table in (X, frame)
    ]
    assert results[0].importances_mean.argmax() == 1
    assert_allclose(results[0].importances, results[1].importances)
    assert_array_equal(frame, X)


@pytest.mark.parametrize("by", ["step", "feature"])
def test_lists_of_numbers_are_tables_too(by):
    X = np.random.RandomState(1).normal(size=(50, 3))
    scaled = make_pipeline(StandardScaler(), RNNRegressor(4, random_state=0))
    scaled.fit(X, X[:, 1])
    lists, array = (
        step_importance(scaled, table, X[:, 1], by=by, random_state=0).importances
        for table in (X.tolist(), X)
    )
    assert_array_equal(lists, array)


def test_features_that_a_network_ignores_are_exactly_zero():
    y = np.array([x[:, 1].sum() > 0 for x in DENSE])
    classifier = RNNClassifier(8, random_state=0, max_iter=60).fit(DENSE, y)
    views = classifier._network().layout().named(classifier.theta_)
    views["recurrent.0.Wx"][[0, 2]] = 0.0
    result = step_importance(
        classifier, DENSE, y, by="feature", scoring="neg_log_loss", random_state=0
    )
    assert_array_equal(result.importances[[0, 2]], 0.0)
    assert (result.importances[1] > 0).all()


def test_taggers_and_ragged_targets():
    y = [(x[:, 0] > 0).tolist() for x in DENSE]
    tagger = RNNSequenceTagger(4, random_state=0, max_iter=50).fit(DENSE, y)
    result = step_importance(tagger, DENSE, y, by="feature", random_state=0)
    assert result.importances_mean.argmax() == 0


def test_results_depend_on_the_random_state_alone():
    looks = Looks(1, 2)
    y = RNG.normal(size=60)
    first = step_importance(looks, DENSE, y, random_state=3).importances
    with parallel_config("threading"):
        again = step_importance(looks, DENSE, y, random_state=3, n_jobs=2).importances
    assert_array_equal(first, again)
    assert (first != step_importance(looks, DENSE, y, random_state=4).importances).any()


def test_what_is_refused():
    with pytest.raises(ValueError, match="by must be one of"):
        step_importance(Looks(0, 0), DENSE, by="letter")
    with pytest.raises(ValueError, match="width == 0"):
        step_importance(Looks(0, 0), DENSE, width=0)
    with pytest.raises(ValueError, match="text must become numbers first"):
        step_importance(Looks(0, 0), ["abc", "d"], [0, 1])
    for by in ("step", "step_from_end", "feature"):
        with pytest.raises(ValueError, match="All sequences of X are empty"):
            step_importance(Looks(0, 0), [np.empty((0, 2))] * 3, [0, 1, 2], by=by)
    with pytest.raises(ValueError, match="names must hold a label for each of 2"):
        StepImportanceDisplay([[1.0], [2.0]], names=["a"])
    with pytest.raises(ValueError, match="by must be one of"):
        StepImportanceDisplay([[1.0], [2.0]], by="letter")
    for names in (["a", "b"], [-np.inf, -np.inf], [0, np.nan]):
        with pytest.raises(ValueError, match="names of steps must be finite numbers"):
            StepImportanceDisplay([[1.0], [2.0]], names=names)
    for names in ([1, 1], [0, 3]):
        with pytest.raises(ValueError, match="must rise, and be below n_steps=3"):
            StepImportanceDisplay([[1.0], [2.0]], names=names, n_steps=3)
    with pytest.raises(ValueError, match="importances are too large"):
        StepImportanceDisplay([[1e308, 1e308]]).plot()
    with pytest.raises(ValueError, match="n_steps must be a number"):
        StepImportanceDisplay([[1.0], [2.0]], n_steps=np.timedelta64(3, "D"))


def test_text_is_exchanged_as_the_last_step_gets_it():
    words, y = ["abab", "ba", "aab", "bbb"], [0, 1, 0, 1]
    letters = SequenceVectorizer(analyzer="char")
    reader = make_pipeline(letters, RNNClassifier(4, random_state=0)).fit(words, y)
    for X in (words, [list(word) for word in words]):
        with pytest.raises(ValueError, match="give its last step, and X as it gets"):
            step_importance(reader, X, y)
    result = step_importance(reader[-1], reader[:-1].transform(words), y)
    assert result.names.tolist() == [0, 1, 2, 3]


def test_pictures(pyplot):
    importances = np.array([[0.1, 0.3], [0.0, 0.0]])
    display = StepImportanceDisplay(importances, names=[0, 5]).plot()
    assert [bar.get_height() for bar in display.bars_] == [0.2, 0.0]
    middle = [bar.get_x() + bar.get_width() / 2 for bar in display.bars_]
    assert_allclose(middle, [2.0, 7.0])
    from_end = StepImportanceDisplay(importances, by="step_from_end").plot()
    left, right = from_end.ax_.get_xlim()
    assert left > right
    looks = Looks(1, 2)
    drawn = StepImportanceDisplay.from_estimator(
        looks, DENSE, looks.predict(DENSE), by="feature", random_state=0
    )
    labels = [text.get_text() for text in drawn.ax_.get_yticklabels()]
    assert labels == ["a", "b", "c"]
    expected = step_importance(
        looks, DENSE, looks.predict(DENSE), by="feature", random_state=0
    )
    widths = [bar.get_width() for bar in drawn.bars_]
    assert_array_equal(widths, expected.importances_mean)


def test_no_bar_stands_over_steps_that_do_not_exist(pyplot):
    display = StepImportanceDisplay([[1.0], [2.0]], names=[0, 4], n_steps=6).plot()
    middle = [bar.get_x() + bar.get_width() / 2 for bar in display.bars_]
    assert_allclose(middle, [1.5, 4.5])
    assert_allclose([bar.get_width() for bar in display.bars_], [3.2, 1.6])
    looks = Looks(1, 2)
    drawn = StepImportanceDisplay.from_estimator(
        looks, DENSE, looks.predict(DENSE), width=5, n_repeats=1
    )
    assert_allclose([bar.get_width() for bar in drawn.bars_], [4.0, 1.6])
    [only] = StepImportanceDisplay([[1.0]], n_steps=3).plot().bars_
    assert_allclose(only.get_width(), 2.4)


@pytest.mark.parametrize("by", ["feature", "step_from_end"])
def test_drawn_twice_time_still_runs_the_same_way(pyplot, by):
    display = StepImportanceDisplay([[1.0], [2.0]], by=by).plot()
    display.plot(display.ax_)
    axis = display.ax_.yaxis if by == "feature" else display.ax_.xaxis
    assert axis.get_inverted()
