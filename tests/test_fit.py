"""What a fit leaves behind when something unusual happens in or before it."""

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import get_tags

from sklearn_rnn import RNNClassifier, RNNRegressor
from sklearn_rnn.core.training import Trainer

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
rng = np.random.RandomState(0)
X = [rng.normal(size=(1 + i % 4, 2)) for i in range(12)]
y = np.arange(12) % 2


@pytest.mark.parametrize("new", ["adam", "rmsprop", "sgd"])
@pytest.mark.parametrize("old", ["adam", "rmsprop", "sgd"])
def test_other_solver_later(old, new):
    e = RNNRegressor(4, max_iter=3, random_state=0, solver=old).fit(X, y)
    e.set_params(solver=new).partial_fit(X, y).partial_fit(X, y)
    assert np.isfinite(e.predict(X)).all()


def test_divergence_warns_of_nothing_else():
    with pytest.raises(ValueError, match="norm of its gradient"):
        RNNRegressor(4, max_iter=9, learning_rate_init=1e200).fit(X, y)


def test_weights_that_overflow_in_the_last_update():
    with pytest.raises(ValueError, match="weights are no longer finite in epoch 1"):
        RNNRegressor(
            4, max_iter=1, learning_rate_init=1e308, max_grad_norm=None, solver="sgd"
        ).fit(X, 100.0 * y)


def test_nan_in_labels():
    with pytest.raises(ValueError, match="y contains NaN"):
        RNNClassifier(4, max_iter=3).fit(X, np.where(y, np.nan, 1.0))


def test_negative_class_weight():
    with pytest.raises(ValueError, match="class_weight must be finite numbers"):
        RNNClassifier(4, max_iter=3, class_weight={0: -1, 1: 1}).fit(X, y)


def test_val_alone():
    with pytest.raises(ValueError, match="y_val"):
        RNNClassifier(4, max_iter=3).fit(X, y, X_val=X)


def test_y_val_alone():
    with pytest.raises(ValueError, match="X_val"):
        RNNClassifier(4, max_iter=3).fit(X, y, y_val=y)


def test_refit_forgets_dtype():
    e = RNNClassifier(4, max_iter=3, random_state=0)
    first = e.fit(X, y, X_val=X, y_val=y).validation_loss_curve_
    e.fit([x.astype("f") for x in X], y)
    assert e.fit(X, y, X_val=X, y_val=y).validation_loss_curve_ == first


def test_early_stopping_of_few():
    with pytest.raises(ValueError, match="validation_fraction"):
        RNNRegressor(4, max_iter=3, early_stopping=True).fit(X[:10], y[:10])


def test_curves_are_floats():
    e = RNNRegressor(4, max_iter=3).fit([x.astype("f") for x in X], y)
    assert {type(v) for v in e.loss_curve_} == {float}


def test_tags():
    tags = get_tags(RNNRegressor()).transformer_tags
    assert tags.preserves_dtype == ["float64", "float32"]


def test_embedding_nan():
    with pytest.raises(ValueError, match="embedding_init"):
        RNNRegressor(4, embedding_dim=3, embedding_init=np.full((2, 3), np.nan)).fit(
            X, y
        )


def test_interrupt_keeps_slots(monkeypatch):
    P = dict(learning_rate="constant", batch_size=5, random_state=0)
    want = RNNRegressor(4, **P, max_iter=2).fit(X, y)
    update, calls = Trainer.update, []

    def interrupted(self, *a):
        calls.append(1)
        if len(calls) == 8:
            raise KeyboardInterrupt
        return update(self, *a)

    monkeypatch.setattr(Trainer, "update", interrupted)
    with pytest.warns(UserWarning, match="interrupted by user after epoch 2"):
        e = RNNRegressor(4, **P, max_iter=9).fit(X, y)
    assert np.array_equal(e._slots, want._slots)
    assert e._n_updates == want._n_updates


def test_score_of_one_validation_sequence():
    with pytest.raises(ValueError, match="held-out part has 1 sequence"):
        RNNRegressor(4, max_iter=3).fit(X, y, X_val=X[:1], y_val=y[:1])


def test_held_out_part_of_no_weight():
    weight = np.r_[1.0, np.zeros(11)]
    with pytest.raises(ValueError, match=r"that (early_stopping|are held)"):
        RNNClassifier(4, early_stopping=True, validation_fraction=0.5).fit(X, y, weight)


def test_too_few_for_early_stopping():
    with pytest.raises(ValueError, match=r"validation_fraction=0.1 of 6 sequences"):
        RNNClassifier(4, early_stopping=True).fit(X[:6], y[:6])


def test_errors_name_the_validation_data():
    with pytest.raises(
        ValueError, match="In the validation data: Input X contains NaN"
    ):
        RNNClassifier(4, max_iter=3).fit(X, y, X_val=[[[np.nan, 1]]], y_val=[0])
    with pytest.raises(ValueError, match="sample_weight_val with them"):
        RNNClassifier(4, max_iter=3).fit(X, y, sample_weight_val=np.ones(3))


def test_values_beyond_float32():
    single = [x.astype("f") for x in X]
    estimator = RNNClassifier(4, max_iter=3).fit(single, y)
    with pytest.raises(
        ValueError, match="X as float32 contains infinity in sequence 0"
    ):
        estimator.predict([[[1e300, 1.0]]])


def test_scores_that_overflow():
    estimator = RNNRegressor(4, max_iter=3, rnn_type="rnn", activation="relu").fit(X, y)
    estimator.theta_[:] = 100.0
    with pytest.raises(ValueError, match="sequence 1 of X are so large"):
        estimator.predict([X[0], [[1.7e308, 1.7e308]] * 3])


@pytest.mark.parametrize("weight", [np.nan, np.inf, "a"])
def test_class_weights_that_are_no_numbers(weight):
    with pytest.raises(ValueError, match="class_weight must be finite numbers"):
        RNNClassifier(4, class_weight={0: weight, 1: 1}).fit(X, y)


def test_targets_that_are_dates():
    with pytest.raises(TypeError, match="y must be numbers, got datetime64"):
        RNNRegressor(4).fit(X, np.arange(12).astype("datetime64[D]"))


def test_warning_points_to_the_call():
    with pytest.warns(ConvergenceWarning, match="Maximum iterations") as caught:
        RNNRegressor(4, max_iter=1).fit(X, y)
    assert caught[0].filename == __file__


def test_validation_data_only_watch_without_early_stopping():
    parameters = dict(max_iter=30, learning_rate="constant", tol=0.0, random_state=0)
    alone = RNNClassifier(4, **parameters, n_iter_no_change=2).fit(X, y)
    watched = RNNClassifier(4, **parameters, n_iter_no_change=2)
    watched.fit(X, y, X_val=X, y_val=1 - y)  # the score can only get worse
    assert watched.loss_curve_ == alone.loss_curve_
    assert len(watched.validation_scores_) == watched.n_iter_


def test_n_iter_counts_the_last_fit_and_what_was_added():
    estimator = RNNRegressor(4, max_iter=3, warm_start=True).fit(X, y).fit(X, y)
    assert (estimator.n_iter_, len(estimator.loss_curve_)) == (3, 6)
    estimator.partial_fit(X, y)
    assert (estimator.n_iter_, len(estimator.loss_curve_)) == (4, 7)


def test_interrupt_before_the_rule_has_seen_an_epoch(monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("sklearn_rnn._run._print_epoch", interrupted)
    estimator = RNNClassifier(
        4, early_stopping=True, validation_fraction=0.3, verbose=1
    )
    with pytest.warns(UserWarning, match="interrupted"):
        estimator.fit(X, y)
    assert np.isfinite(estimator.predict_proba(X)).all()


def test_stages_that_overflow():
    estimator = RNNClassifier(4, max_iter=3, rnn_type="rnn", activation="relu").fit(
        X, y
    )
    estimator.theta_[:] = 100.0
    stages = estimator.staged_predict_proba([X[0], [[1.0, 1.0], [1.7e308, 1.7e308]]])
    assert np.isfinite(next(stages)).all()
    with pytest.raises(ValueError, match="sequence 1 of X are so large"):
        next(stages)
