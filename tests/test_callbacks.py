"""What scikit-learn's callbacks are told of training, and what they can do to it."""

import pickle

import numpy as np
import pytest
from sklearn import config_context
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.metrics import check_scoring
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_rnn import (
    FrameTransformer,
    RNNClassifier,
    RNNGenerator,
    RNNRegressor,
    RNNSequenceTagger,
    RNNTranslator,
    SequenceVectorizer,
    StepwiseTransformer,
)
from sklearn_rnn.metrics import SCORERS, ValidationScorer
from sklearn_rnn.sequences import object_array

callback = pytest.importorskip("sklearn.callback")
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

X = [[1, 2, 4], [7, 5], [2, 3], [6, 4, 1, 0], [0, 1, 2, 5], [5, 3, 2]] * 2
y = [1, 0, 1, 0, 1, 0] * 2
LABELS = object_array([[str(v > 2) for v in x] for x in X])
WORDS = ["ab", "ba", "abab", "b"]
SMALL = {"hidden_layer_sizes": 4, "max_iter": 5, "random_state": 0}
TASKS = {
    "classifier": (RNNClassifier(**SMALL), X, y),
    "regressor": (RNNRegressor(**SMALL), X, y),
    "tagger": (RNNSequenceTagger(**SMALL), X, LABELS),
    "tagger with crf": (RNNSequenceTagger(crf=True, **SMALL), X, LABELS),
    "generator": (RNNGenerator(**SMALL), WORDS, ["f", "m", "f", "m"]),
    "translator": (RNNTranslator(**SMALL), WORDS, [word[::-1] for word in WORDS]),
}
tasks = pytest.mark.parametrize(("estimator", "X", "y"), TASKS.values(), ids=TASKS)


class Recorder:
    """Keeps what it is told; wants to stop after an epoch, or raises in it."""

    def __init__(self, stop_after=None, raise_after=None, error=RuntimeError):
        self.stop_after, self.raise_after, self.error = stop_after, raise_after, error
        self.told, self.given, self.fitted = [], [], []

    def setup(self, estimator, context):
        self.told.append("setup")

    def teardown(self, estimator, context):
        self.told.append("teardown")

    def on_fit_task_begin(self, estimator, context, *, X, y, metadata):
        self.told.append(f"begin {context.task_name} {context.task_id}")
        if context.task_name == "fit":
            self.planned = context.max_subtasks
        self.given.append((X, y, metadata))

    def on_fit_task_end(self, estimator, context, *, fitted_estimator):
        self.told.append(f"end {context.task_name} {context.task_id}")
        if context.task_name == "fit":
            self.whole = fitted_estimator
        elif context.task_name == "epoch":
            self.fitted.append(fitted_estimator)
            if context.task_id + 1 == self.raise_after:
                raise self.error
            return context.task_id + 1 == self.stop_after


def copy_of(estimator, **params):
    return clone(estimator).set_params(**params)


@tasks
def test_one_task_for_each_epoch(estimator, X, y):
    recorder = Recorder()
    copy_of(estimator, max_iter=2).set_callbacks(recorder).fit(X, y)
    assert recorder.told == [
        *["setup", "begin fit 0", "begin epoch 0", "end epoch 0"],
        *["begin epoch 1", "end epoch 1", "end fit 0", "teardown"],
    ]
    assert recorder.planned == 2
    assert all(given[0] is X and given[1] is y for given in recorder.given)
    assert recorder.given[0][2] is None


@tasks
def test_fitted_estimators_are_those_of_their_epochs(estimator, X, y):
    """As if training had ended there, which a callback can bring about."""
    recorder, stop = Recorder(), Recorder(stop_after=3)
    whole = clone(estimator).set_callbacks(recorder).fit(X, y)
    stopped = clone(estimator).set_callbacks(stop).fit(X, y)
    assert stopped.n_iter_ == 3
    assert [e.n_iter_ for e in recorder.fitted] == [1, 2, 3, 4, 5]
    then = recorder.fitted[2]
    np.testing.assert_array_equal(then.theta_, stopped.theta_)
    assert then.loss_curve_ == stopped.loss_curve_ == whole.loss_curve_[:3]
    np.testing.assert_array_equal(recorder.fitted[-1].theta_, whole.theta_)
    for e in (then, stopped):
        e.set_callbacks().partial_fit(X, y)
    np.testing.assert_array_equal(then.theta_, stopped.theta_)
    if hasattr(estimator, "predict"):
        pairs = zip(then.predict(X[:3]), stopped.predict(X[:3]), strict=True)
        assert all(np.array_equal(one, other) for one, other in pairs)


def test_watching_changes_nothing():
    watched = RNNClassifier(**SMALL).set_callbacks(Recorder()).fit(X, y)
    np.testing.assert_array_equal(
        watched.theta_, RNNClassifier(**SMALL).fit(X, y).theta_
    )
    assert not [name for name in vars(watched) if "callback_fit" in name]


def test_hooks_may_do_with_fitted_estimators_what_they_please():
    class Destroyer(Recorder):
        def on_fit_task_end(self, estimator, context, *, fitted_estimator):
            fitted_estimator.theta_[:] = np.nan
            fitted_estimator.loss_curve_.clear()

    spoiled = RNNClassifier(**SMALL).set_callbacks(Destroyer()).fit(X, y)
    whole = RNNClassifier(**SMALL).fit(X, y)
    np.testing.assert_array_equal(spoiled.theta_, whole.theta_)
    assert spoiled.loss_curve_ == whole.loss_curve_


def test_fitted_estimators_are_in_no_fit():
    """They can be kept and trained, though they were copied in the middle of one."""
    recorder = Recorder()
    pipeline = make_pipeline(SequenceVectorizer(), RNNClassifier(**SMALL))
    pipeline[-1].set_callbacks(recorder)
    pipeline.fit(["a b", "b", "c a"], [0, 1, 0])
    for fitted in recorder.fitted:
        names = [name for name in vars(fitted) if "callback" in name]
        assert names == ["_skl_callbacks"]
        fitted.set_callbacks().partial_fit(pipeline[0].transform(["a"]), [1])


def test_what_is_being_fitted_is_not_fitted():
    class Asker(Recorder):
        def on_fit_task_end(self, estimator, context):
            with pytest.raises(NotFittedError):
                estimator.predict(X)

    e = RNNClassifier(**SMALL, warm_start=True)
    for _ in range(2):
        e.set_callbacks(Asker()).fit(X, y)
    assert e.predict(X).shape == (12,)


def test_a_stop_is_no_failure_to_converge(recwarn):
    RNNClassifier(**SMALL).set_callbacks(Recorder(stop_after=2)).fit(X, y)
    assert not recwarn.list


def test_stopped_early_with_the_best_weights():
    held_out = {"X_val": X[:4], "y_val": y[:4]}
    recorder = Recorder()
    e = RNNClassifier(**SMALL, early_stopping=True).set_callbacks(recorder)
    e.fit(X, y, **held_out)
    for fitted in recorder.fitted:
        best = max(fitted.validation_scores_)
        assert fitted.best_validation_score_ == best
        assert fitted.score(X[:4], y[:4]) == best


def test_partial_fit_is_a_fit_of_one_epoch():
    recorder = Recorder()
    e = RNNRegressor(**SMALL).set_callbacks(recorder)
    e.partial_fit(X, y).partial_fit(X, y, sample_weight=np.ones(12))
    assert recorder.told.count("begin epoch 0") == 2
    assert recorder.planned == 1
    assert [fitted.n_iter_ for fitted in recorder.fitted] == [1, 2]
    np.testing.assert_array_equal(recorder.given[-1][2]["sample_weight"], np.ones(12))


def test_an_error_of_a_callback_leaves_no_trace():
    e = RNNClassifier(**SMALL).fit(X, y)
    before = e.theta_.copy()
    recorder = Recorder(raise_after=2)
    with pytest.raises(RuntimeError):
        e.set_callbacks(recorder).fit(X, y)
    assert recorder.told[-1] == "teardown"
    np.testing.assert_array_equal(e.theta_, before)
    assert not [name for name in vars(e) if "callback_fit" in name]
    new = RNNClassifier(**SMALL).set_callbacks(Recorder(raise_after=1))
    with pytest.raises(RuntimeError):
        new.fit(X, y)
    assert not hasattr(new, "theta_")


def test_an_interrupt_in_a_callback_keeps_the_epoch():
    recorder = Recorder(raise_after=2, error=KeyboardInterrupt)
    with pytest.warns(UserWarning, match="interrupted by user after epoch 2"):
        e = RNNClassifier(**SMALL).set_callbacks(recorder).fit(X, y)
    assert e.n_iter_ == 2
    assert recorder.told[-2:] == ["end epoch 1", "teardown"]


def test_an_interrupt_after_all_epochs_keeps_them():
    class AtTheEnd(Recorder):
        def on_fit_task_end(self, estimator, context):
            if context.task_name == "fit":
                raise KeyboardInterrupt

    with pytest.warns(UserWarning, match="interrupted by user after epoch 5"):
        e = RNNClassifier(**SMALL).set_callbacks(AtTheEnd()).fit(X, y)
    np.testing.assert_array_equal(e.theta_, RNNClassifier(**SMALL).fit(X, y).theta_)


@pytest.mark.parametrize("n_jobs", [None, 2])
def test_scoring_monitor_in_a_search(n_jobs):
    monitor = callback.ScoringMonitor(scoring="accuracy")
    classifier = RNNClassifier(**SMALL).set_callbacks(monitor)
    pipeline = make_pipeline(StepwiseTransformer(StandardScaler()), classifier)
    grid = {"rnnclassifier__rnn_type": ["gru", "rnn"]}
    search = GridSearchCV(pipeline, grid, cv=2, n_jobs=n_jobs).fit(X, y)
    scores = [row for row in monitor.get_logs().data if row["task_name"] == "epoch"]
    assert len(scores) == (2 * 2 + 1) * SMALL["max_iter"]
    refit = max((row["task_id_path"] for row in scores), key=lambda p: (-len(p), p))
    (last,) = (row["accuracy"] for row in scores if row["task_id_path"] == refit)
    assert last == search.score(X, y)


@pytest.mark.parametrize("n_jobs", [None, 2])
def test_progress_bars(n_jobs, capsys):
    pytest.importorskip("rich")
    bar = callback.ProgressBar(max_propagation_depth=None)
    frames = FrameTransformer(1)
    pipeline = make_pipeline(
        StepwiseTransformer(StandardScaler()), frames, RNNClassifier(**SMALL)
    )
    grid = {"rnnclassifier__hidden_layer_sizes": [2, 3]}
    GridSearchCV(pipeline, grid, cv=2, n_jobs=n_jobs).set_callbacks(bar).fit(X, y)
    lines = capsys.readouterr().out.splitlines()
    bars = [line for line in lines if "| RNNClassifier - fit" in line]
    assert len(bars) >= 2 * 2 + 1


def test_transformers_are_watched():
    class Propagated(Recorder):
        max_propagation_depth = None

    recorder = Propagated()
    pipeline = make_pipeline(SequenceVectorizer(), RNNClassifier(**SMALL))
    pipeline.set_callbacks(recorder).fit(["a b", "b", "c a"], [0, 1, 0])
    assert recorder.told.count("begin epoch 0") == 1
    assert recorder.told.count("begin fit 0") == 2  # pipeline and vectorizer
    assert (recorder.told[0], recorder.told[-1]) == ("setup", "teardown")
    alone = Recorder()
    SequenceVectorizer().set_callbacks(alone).fit(["a b"])
    assert alone.whole.transform(["a"]).shape == (1, 1, 4)
    assert alone.told == ["setup", "begin fit 0", "end fit 0", "teardown"]


def log_of(estimator, X, y, scoring):
    monitor = callback.ScoringMonitor(scoring=scoring)
    fitted = clone(estimator).set_callbacks(monitor).fit(X, y)
    return fitted, monitor.get_logs().data[-1]


@pytest.mark.parametrize(
    ("task", "scoring"),
    [
        ("classifier", "accuracy"),
        ("regressor", "neg_mean_absolute_error"),
        ("tagger", SCORERS["step_accuracy"]),
        ("tagger with crf", SCORERS["sequence_accuracy"]),
        ("translator", SCORERS["neg_token_error_rate"]),
        ("translator", SCORERS["neg_sequence_error_rate"]),
        ("generator", None),
    ],
)
def test_scores_on_a_validation_part(task, scoring):
    estimator, X, y = TASKS[task]
    part = X[:3], y[:3]
    fitted, last = log_of(estimator, X, y, ValidationScorer(*part, scoring))
    assert last["validation_score"] == check_scoring(fitted, scoring)(fitted, *part)


def test_several_scores_with_weights():
    weight = [1.0, 0.0, 3.0]
    scorer = ValidationScorer(
        X[:3], y[:3], {"one": "accuracy", "two": "neg_log_loss"}, sample_weight=weight
    )
    fitted, last = log_of(*TASKS["classifier"], scorer)
    assert last["validation_one"] == fitted.score(X[:3], y[:3], weight)
    assert "validation_two" in last
    assert pickle.loads(pickle.dumps(scorer))(fitted) == scorer(fitted)
    with config_context(enable_metadata_routing=True):
        assert scorer(fitted)["validation_one"] == last["validation_one"]
