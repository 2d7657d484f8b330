"""What `RNNRegressor` does, and how both estimators train."""

import re

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.compose import TransformedTargetRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import Ridge
from sklearn.metrics import r2_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_rnn import RNNRegressor, Sequences
from sklearn_rnn.base import SCHEDULES
from sklearn_rnn.core.training import Trainer

ignore_convergence = pytest.mark.filterwarnings(
    "ignore::sklearn.exceptions.ConvergenceWarning"
)


def data(n=30, width=2, seed=0):
    """Ragged sequences and the sums of their first features."""
    random_state = np.random.RandomState(seed)
    X = [random_state.normal(size=(1 + i % 6, width)) for i in range(n)]
    return X, np.array([x[:, 0].sum() for x in X])


def small(**params):
    """A regressor that is fitted in milliseconds."""
    params = {
        "hidden_layer_sizes": 5,
        "max_iter": 5,
        "learning_rate_init": 0.03,
        "random_state": 0,
        **params,
    }
    return RNNRegressor(**params)


# -- targets ---------------------------------------------------------------------------


def test_learns_a_sum():
    X, y = data(200)
    regressor = small(hidden_layer_sizes=16, max_iter=60).fit(X[:150], y[:150])
    assert regressor.score(X[150:], y[150:]) > 0.9


@ignore_convergence
def test_shape_of_y_is_kept():
    X, y = data()
    flat = small().fit(X, y)
    column = small().fit(X, y[:, None])
    assert flat.predict(X).shape == (30,)
    assert column.predict(X).shape == (30, 1)
    assert_array_equal(column.predict(X)[:, 0], flat.predict(X))
    assert flat.n_outputs_ == column.n_outputs_ == 1
    assert flat.score(X, y) == column.score(X, y[:, None])
    assert small().fit(X, y.tolist()).predict(X[:1]).shape == (1,)


def test_several_outputs():
    X, y = data(100)
    Y = np.column_stack([y, -2 * y, [len(x) for x in X]])
    regressor = small(hidden_layer_sizes=16, max_iter=100).fit(X, Y)
    assert regressor.predict(X).shape == (100, 3)
    assert regressor.n_outputs_ == 3
    scores = r2_score(Y, regressor.predict(X), multioutput="raw_values")
    assert (scores > 0.8).all()
    loss = 0.5 * ((regressor.predict(X) - Y) ** 2).mean()
    assert_allclose(regressor.loss_, loss, rtol=0.3)


@ignore_convergence
def test_starts_from_the_weighted_mean():
    X, y = data()
    weight = np.arange(30)
    regressor = small(learning_rate_init=1e-300, max_iter=1)
    regressor.fit(X, y + 1000, sample_weight=weight)
    mean = np.average(y + 1000, weights=weight)
    assert_allclose(regressor.parameters_["output.b"], [mean])


@ignore_convergence
def test_features_in_a_pipeline():
    X, y = data()
    regressor = small(bidirectional=True).fit(X, y)
    assert regressor.transform(X).shape == (30, 10)
    w, b = (regressor.parameters_[f"output.{name}"] for name in "Wb")
    assert_allclose(regressor.predict(X), (regressor.transform(X) @ w + b)[:, 0])
    names = regressor.get_feature_names_out()
    assert_array_equal(names, [f"rnnregressor{i}" for i in range(10)])
    pipeline = make_pipeline(small(bidirectional=True), Ridge(1e-3)).fit(X, y)
    assert pipeline.score(X, y) > regressor.score(X, y)


def test_scaled_targets():
    X, y = data(60)
    regressor = small(hidden_layer_sizes=16, max_iter=100)
    scaled = TransformedTargetRegressor(regressor, transformer=StandardScaler())
    assert scaled.fit(X, 1e4 * y + 1e6).score(X, 1e4 * y + 1e6) > 0.9


@ignore_convergence
def test_partial_fit():
    X, y = data()
    regressor = small(batch_size=7)
    for epoch in range(1, 5):
        regressor.partial_fit(X, y)
        assert regressor.n_iter_ == epoch
    expected = small(batch_size=7, learning_rate="constant", max_iter=4).fit(X, y)
    assert_array_equal(regressor.theta_, expected.theta_)


@ignore_convergence
def test_representations():
    X, y = data()
    regressor = small(verbose=0).fit(X, y)
    assert "RNNRegressor" in regressor._repr_html_()
    assert repr(regressor).startswith("RNNRegressor(hidden_layer_sizes=5")
    assert set(regressor.parameters_) == {
        *(f"recurrent.0.{name}" for name in ("Wx", "Wh", "b", "bh")),
        *("output.W", "output.b"),
    }
    with pytest.raises(ValueError, match="read-only"):
        regressor.parameters_["output.b"][0] = 1
    assert sum(p.size for p in regressor.parameters_.values()) == len(regressor.theta_)


# -- how long training goes on ---------------------------------------------------------


@ignore_convergence
@pytest.mark.parametrize("learning_rate", sorted(SCHEDULES))
@pytest.mark.parametrize("solver", ["adam", "adamw", "rmsprop", "sgd"])
def test_every_schedule_with_every_solver(learning_rate, solver):
    X, y = data()
    regressor = small(solver=solver, learning_rate=learning_rate, max_iter=15)
    regressor.set_params(learning_rate_init=0.01).fit(X, y)
    assert regressor.n_iter_ == len(regressor.loss_curve_) == 15
    assert regressor.loss_ == regressor.loss_curve_[-1]
    assert regressor.best_loss_ == min(regressor.loss_curve_)
    assert regressor.loss_ < regressor.loss_curve_[0]
    expected = 0.5 * np.mean((regressor.predict(X) - y) ** 2)
    assert_allclose(regressor.loss_, expected, rtol=0.2)


def test_warns_if_the_loss_still_falls():
    X, y = data()
    message = r"Maximum iterations \(5\) reached"
    with pytest.warns(ConvergenceWarning, match=message):
        small(learning_rate="constant").fit(X, y)
    small(max_iter=300).fit(X, y)  # the rate fell to zero; a warning would be an error
    regressor = small(learning_rate="constant", tol=10.0, n_iter_no_change=3)
    assert regressor.set_params(max_iter=100).fit(X, y).n_iter_ == 5


def test_automatic_number_of_epochs():
    X = np.random.RandomState(0).normal(size=(65, 1))
    regressor = small(hidden_layer_sizes=1, max_iter="auto").fit(X[:64], X[:64, 0])
    assert regressor.n_iter_ == regressor._n_updates == 1000
    regressor.fit(X, X[:, 0])
    assert (regressor.n_iter_, regressor._n_updates) == (334, 3 * 334)


@ignore_convergence
def test_adaptive_rate_divides_until_it_stops():
    X, y = data()
    regressor = small(
        learning_rate="adaptive", tol=10.0, n_iter_no_change=2, max_iter=500
    ).fit(X, y)
    # 0.03 / 5 ** 7 < 1e-6; the first epoch always improves.
    assert regressor.n_iter_ == 1 + 7 * 3


@ignore_convergence
def test_early_stopping_keeps_the_best_epoch():
    X, y = data(40)
    val = {"X_val": X[20:], "y_val": y[20:], "sample_weight_val": np.arange(20.0)}
    regressor = small(
        hidden_layer_sizes=32,
        early_stopping=True,
        max_iter=300,
        learning_rate="constant",
    ).fit(X[:20], y[:20], **val)
    assert 10 < regressor.n_iter_ < 300
    scores = regressor.validation_scores_
    assert len(scores) == len(regressor.validation_loss_curve_) == regressor.n_iter_
    best = regressor.score(X[20:], y[20:], sample_weight=np.arange(20.0))
    assert_allclose(best, regressor.best_validation_score_)
    assert regressor.best_validation_score_ == max(scores) > scores[-1]
    shorter = small(
        hidden_layer_sizes=32, learning_rate="constant", max_iter=np.argmax(scores) + 1
    ).fit(X[:20], y[:20])
    assert_array_equal(regressor.theta_, shorter.theta_)


@ignore_convergence
def test_early_stopping_holds_a_part_out():
    X, y = data(50)
    regressor = small(
        early_stopping=True,
        validation_fraction=0.2,
        max_iter=200,
        learning_rate="constant",
    ).fit(X, y)
    assert regressor.best_validation_score_ == max(regressor.validation_scores_)
    twice = small(**regressor.get_params()).fit(X, y)
    assert_array_equal(regressor.theta_, twice.theta_)
    changed = [x + 10.0 for x in X]
    assert regressor.fit(changed, y).n_iter_ > 0


@ignore_convergence
def test_held_out_part_without_early_stopping():
    X, y = data()
    regressor = small().fit(X[:20], y[:20], X_val=X[20:], y_val=y[20:])
    assert_allclose(regressor.validation_scores_[-1], regressor.score(X[20:], y[20:]))
    assert_array_equal(regressor.theta_, small().fit(X[:20], y[:20]).theta_)
    assert regressor.fit(X, y).validation_scores_ == []
    assert regressor.best_validation_score_ is None


@ignore_convergence
def test_warm_start_goes_on():
    X, y = data()
    regressor = small(warm_start=True, learning_rate="constant", max_iter=3)
    losses = []
    for fits in range(1, 5):
        losses.append(regressor.fit(X, y).loss_)
        assert len(regressor.loss_curve_) == 3 * fits
        assert regressor.n_iter_ == 3
    assert losses == sorted(losses, reverse=True)
    at_once = small(learning_rate="constant", max_iter=12).fit(X, y)
    assert_array_equal(regressor.theta_, at_once.theta_)
    assert regressor.loss_curve_ == at_once.loss_curve_


@ignore_convergence
@pytest.mark.parametrize("verbose", [False, True, 2])
def test_verbose(verbose, capsys):
    X, y = data()
    small(verbose=verbose).fit(X[:20], y[:20], X_val=X[20:], y_val=y[20:])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == (5 if verbose else 0)
    for epoch, line in enumerate(lines, start=1):
        number = r"-?\d+\.\d+"
        pattern = (
            rf"epoch {epoch}/5  loss {number}  validation loss {number}"
            rf"  score {number}  {number} s"
        )
        assert re.fullmatch(pattern, line)
    small(verbose=verbose, max_iter=1).fit(X, y)
    assert ("validation" in capsys.readouterr().out) is False


# -- what must not matter --------------------------------------------------------------


@ignore_convergence
def test_random_state():
    X, y = data()
    theta = small(random_state=3).fit(X, y).theta_
    state = np.random.RandomState(3)
    regressor = small(random_state=state).fit(X, y)
    assert_array_equal(regressor.theta_, theta)
    assert regressor.random_state is state
    assert (regressor.fit(X, y).theta_ != theta).any()
    unseeded = [small(random_state=None).fit(X, y).theta_ for _ in range(2)]
    assert (unseeded[0] != unseeded[1]).any()


@ignore_convergence
def test_more_threads_than_sequences():
    X, y = data(3)
    expected = small().fit(X, y).predict(X)
    for n_jobs in (2, 16, -1):
        regressor = small(n_jobs=n_jobs).fit(X, y)
        assert_allclose(regressor.predict(X), expected, rtol=1e-7)


@ignore_convergence
def test_forms_of_layer_sizes():
    X, y = data()
    expected = small(hidden_layer_sizes=(4, 3)).fit(X, y)
    assert expected.n_layers_ == 2
    for sizes in ([4, 3], np.array([4, 3])):
        regressor = small(hidden_layer_sizes=sizes).fit(X, y)
        assert_array_equal(regressor.theta_, expected.theta_)
        assert regressor.hidden_layer_sizes is sizes
    one = [small(hidden_layer_sizes=s).fit(X, y).theta_ for s in (4, (4,), np.int64(4))]
    assert_array_equal(one[0], one[1])
    assert_array_equal(one[0], one[2])


@ignore_convergence
def test_set_params_after_fit():
    X, y = data()
    regressor = small(embedding_dim=3).fit(X, y)
    expected = regressor.predict(X)
    regressor.set_params(
        hidden_layer_sizes=(7, 7),
        rnn_type="lstm",
        bidirectional=True,
        pooling="attention",
        embedding_dim=None,
        batch_size=1,
        dropout=0.5,
        n_jobs=2,
    )
    assert_array_equal(regressor.predict(X), expected)
    assert regressor.transform(X).shape == (30, 5)
    assert len(regressor.get_feature_names_out()) == 5
    with pytest.raises(ValueError, match="bidirectional, embedding_dim, hidden_layer"):
        regressor.partial_fit(X, y)
    assert_array_equal(regressor.predict(X), expected)


@ignore_convergence
def test_dropout_may_change_after_fit():
    X, y = data()
    plain, dropped = (small(warm_start=True).fit(X, y) for _ in range(2))
    dropped.set_params(dropout=0.5).fit(X, y)
    assert (plain.fit(X, y).predict(X) != dropped.predict(X)).any()


@ignore_convergence
def test_embedding_init():
    X, y = data()
    vectors = np.arange(1.0, 7.0).reshape(2, 3)
    regressor = small(
        embedding_dim=3, embedding_init=vectors.tolist(), learning_rate_init=1e-300
    ).fit(X, y)
    assert_array_equal(regressor.parameters_["embedding.E"], vectors)
    regressor.set_params(learning_rate_init=0.03).fit(X, y)
    assert (regressor.parameters_["embedding.E"] != vectors).all()
    # Embedding by hand and learning nothing gives the same states.
    frozen = small(
        embedding_dim=3, embedding_init=vectors, learning_rate_init=1e-300
    ).fit(X, y)
    by_hand = small(
        embedding_dim=3, embedding_init=np.eye(3), learning_rate_init=1e-300
    )
    embedded = [x @ vectors for x in X]
    by_hand.fit(embedded, y)
    by_hand.theta_[9:] = frozen.theta_[6:]
    assert_allclose(by_hand.predict(embedded), frozen.predict(X))


@ignore_convergence
def test_clipping():
    X, y = data()
    y = 1e6 * y
    params = {"solver": "sgd", "momentum": 0.0, "nesterovs_momentum": False}
    params |= {"learning_rate": "constant", "max_iter": 1, "learning_rate_init": 0.5}
    start = small(**params | {"learning_rate_init": 1e-300}).fit(X, y).theta_
    step = small(**params, max_grad_norm=0.25).fit(X, y).theta_ - start
    assert_allclose(np.linalg.norm(step), 0.5 * 0.25)
    free = small(**params, max_grad_norm=None).fit(X, y).theta_ - start
    assert np.linalg.norm(free) > 100
    directions = [move / np.linalg.norm(move) for move in (free, step)]
    assert_allclose(*directions, atol=1e-9)


@ignore_convergence
def test_prediction_in_several_batches(monkeypatch):
    X, y = data()
    regressor = small(n_jobs=2, bidirectional=True).fit(X, y)
    expected = regressor.predict(X), regressor.transform(X)
    monkeypatch.setattr("sklearn_rnn.core.prediction.TOKENS_AT_A_TIME", 9)
    assert_allclose(regressor.predict(Sequences.from_list(X)), expected[0])
    assert_allclose(regressor.transform(X), expected[1])


def test_interruption_keeps_the_last_whole_epoch(monkeypatch):
    X, y = data()
    params = {"learning_rate": "constant", "batch_size": 7, "max_iter": 2}
    with pytest.warns(ConvergenceWarning):
        expected = small(**params).fit(X, y)
    update, calls = Trainer.update, []

    def interrupted(self, *args):
        calls.append(args)
        if len(calls) == 13:  # the third of five in the third epoch
            raise KeyboardInterrupt
        return update(self, *args)

    monkeypatch.setattr(Trainer, "update", interrupted)
    regressor = small(**params | {"max_iter": 9})
    with pytest.warns(UserWarning, match="interrupted by user after epoch 2"):
        regressor.fit(X, y)
    assert_array_equal(regressor.theta_, expected.theta_)
    assert regressor.loss_curve_ == expected.loss_curve_
    assert regressor.n_iter_ == 2


def test_interruption_of_the_first_epoch(monkeypatch):
    X, y = data()

    def interrupted(self, *args):
        raise KeyboardInterrupt

    monkeypatch.setattr(Trainer, "update", interrupted)
    regressor = small()
    with pytest.raises(KeyboardInterrupt):
        regressor.fit(X, y)
    assert not [name for name in vars(regressor) if name.endswith("_")]


def test_targets_of_a_library_with_dtypes_of_its_own():
    class Targets:
        dtype = object()  # which says nothing of a kind

        def __len__(self):
            return 6

        def __array__(self, dtype=None, copy=None):
            return np.arange(6.0)

    X = [[1.0, 2.0], [3.0], [1.0], [2.0, 2.0], [0.0], [5.0]]
    own = RNNRegressor(2, max_iter=50, random_state=0).fit(X, Targets())
    expected = RNNRegressor(2, max_iter=50, random_state=0).fit(X, np.arange(6.0))
    np.testing.assert_array_equal(own.theta_, expected.theta_)
