"""What the estimators refuse, in which words, and that nothing is left half-done."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.exceptions import NotFittedError

from sklearn_rnn import RNNClassifier, RNNRegressor
from sklearn_rnn.sequences import object_array

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

KINDS = [RNNClassifier, RNNRegressor]


def data(n=12, width=2, dtype=np.float64):
    """Ragged sequences and zeros and ones, which suit both kinds."""
    random_state = np.random.RandomState(0)
    X = [random_state.normal(size=(1 + i % 4, width)).astype(dtype) for i in range(n)]
    return X, np.arange(n) % 2


def small(kind, **params):
    """An estimator that is fitted in milliseconds."""
    return kind(4, **{"max_iter": 3, "random_state": 0, **params})


def assert_unchanged(estimator, before):
    """Every attribute is the very object that it was."""
    assert vars(estimator).keys() == before.keys()
    for name, value in vars(estimator).items():
        assert value is before[name], name


# -- parameters ------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"hidden_layer_sizes": 0}, "an int in the range"),
        ({"hidden_layer_sizes": 3.5}, "an int in the range"),
        ({"hidden_layer_sizes": "abc"}, "'abc'"),
        ({"hidden_layer_sizes": None}, "Got None"),
        ({"hidden_layer_sizes": ()}, r"one for each recurrent layer, got \(\)"),
        ({"hidden_layer_sizes": (3, 0)}, r"positive integers.*got \(3, 0\)"),
        ({"hidden_layer_sizes": [3.5]}, r"positive integers.*got \[3\.5\]"),
        ({"hidden_layer_sizes": [[3, 3]]}, "positive integers"),
        ({"rnn_type": "elman"}, "'rnn_type' parameter .* Got 'elman'"),
        ({"activation": "relu"}, "'relu' is for rnn_type='rnn' only.*'gru' rely"),
        ({"activation": "relu", "rnn_type": "lstm"}, "gates of rnn_type='lstm'"),
        ({"pooling": "sum"}, "'pooling' parameter"),
        ({"solver": "lbfgs"}, "'solver' parameter"),
        ({"learning_rate": "step"}, "'learning_rate' parameter"),
        ({"learning_rate_init": 0.0}, "'learning_rate_init' parameter"),
        ({"dropout": 1.0}, "'dropout' parameter"),
        ({"max_iter": 0}, "'max_iter' parameter"),
        ({"batch_size": 0}, "'batch_size' parameter"),
        ({"max_grad_norm": 0}, "'max_grad_norm' parameter"),
        ({"validation_fraction": 1.0}, "'validation_fraction' parameter"),
        ({"random_state": "seed"}, "'random_state' parameter"),
        ({"n_jobs": 0}, "n_jobs must not be 0"),
        ({"input_dropout": 1.0}, "'input_dropout' parameter"),
        ({"embedding_init": "words"}, "'embedding_init' parameter"),
        ({"freeze_embedding": "yes"}, "'freeze_embedding' parameter"),
        ({"freeze_embedding": True}, "needs embedding_init, which is None"),
        (
            {"freeze_embedding": True, "embedding_dim": 3},
            "needs embedding_init, which is None",
        ),
        (
            {"embedding_init": np.ones((3, 2)), "embedding_dim": 2},
            r"shape \(3, 2\), but X has 2 features per step: one row for each",
        ),
        (
            {"embedding_init": np.ones((2, 4)), "embedding_dim": 3},
            "embedding_dim=3, but the vectors of embedding_init have 4 elements",
        ),
        ({"embedding_init": {"a": [1.0, 2.0]}}, "features of X have no names"),
    ],
)
def test_parameters(kind, params, message):
    X, y = data()
    estimator = small(kind).set_params(**params)
    before = dict(vars(estimator))
    with pytest.raises(ValueError, match=message):
        estimator.fit(X, y)
    assert_unchanged(estimator, before)


def test_class_weight():
    X, y = data()
    with pytest.raises(ValueError, match="'class_weight' parameter"):
        small(RNNClassifier, class_weight="equal").fit(X, y)
    with pytest.raises(
        ValueError, match=r"weights of \[7\], which are not among the classes: \[0, 1\]"
    ):
        small(RNNClassifier, class_weight={0: 1, 7: 1}).fit(X, y)
    with pytest.raises(ValueError, match=r"in X sum to 0\.0"):
        small(RNNClassifier, class_weight={0: 0, 1: 0}).fit(X, y)


def test_several_labels_for_each_sequence():
    X, y = data()
    for labels in (
        [[code, 1, 0][: 2 + code] for code in y],
        [np.array([1, 2])] * len(y),
        object_array([[code, 1, 0][: 2 + code] for code in y]),
    ):
        with pytest.raises(ValueError, match=r"several labels .* RNNSequenceTagger"):
            small(RNNClassifier).fit(X, labels)


# -- data ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("weight", "message"),
    [
        (np.zeros(12), r"(?i)weights .* (sum to 0|non-zero number)"),
        (np.full(12, 1e308), "sample_weight sums to inf"),
        (-np.ones(12), "Negative values in data passed to `sample_weight`"),
        (np.ones(11), r"sample_weight.shape == \(11,\), expected \(12,\)"),
        (np.full(12, np.nan), "sample_weight contains NaN"),
    ],
)
def test_weights(kind, weight, message):
    X, y = data()
    estimator = small(kind)
    with pytest.raises(ValueError, match=message):
        estimator.fit(X, y, sample_weight=weight)
    with pytest.raises(ValueError, match=message):
        estimator.fit(X, y, X_val=X, y_val=y, sample_weight_val=weight)
    with pytest.raises(NotFittedError, match="not fitted yet"):
        estimator.predict(X)


@pytest.mark.parametrize("kind", KINDS)
def test_targets(kind):
    X, y = data()
    with pytest.raises(ValueError, match=r"inconsistent.*\[12, 11\]"):
        small(kind).fit(X, y[:-1])
    with pytest.raises(ValueError, match="requires y to be passed"):
        small(kind).fit(X, None)


def test_targets_of_the_classifier():
    X, y = data()
    with pytest.raises(ValueError, match="Unknown label type: continuous"):
        small(RNNClassifier).fit(X, y + 0.5)
    with pytest.raises(ValueError, match=r"1d array, got an array of shape \(12, 2\)"):
        small(RNNClassifier).fit(X, np.column_stack([y, y]))
    with pytest.raises(
        ValueError, match=r"classes \[2\], which are not among.*\[0, 1\]"
    ):
        small(RNNClassifier).fit(X, y, X_val=X, y_val=y + 1)
    classifier = small(RNNClassifier, warm_start=True).fit(X, y)
    before = dict(vars(classifier))
    with pytest.raises(
        ValueError, match=r"classes \[2\], which are not among.*\[0, 1\]"
    ):
        classifier.fit(X, y + 1)
    assert_unchanged(classifier, before)


def test_targets_of_the_regressor():
    X, y = data()
    with pytest.raises(ValueError, match="Input y contains NaN"):
        small(RNNRegressor).fit(X, np.where(y, np.nan, 0.0))
    with pytest.raises(ValueError, match="could not convert string to float"):
        small(RNNRegressor).fit(X, ["no"] * 12)
    regressor = small(RNNRegressor).fit(X, y)
    with pytest.raises(ValueError, match=r"y has 2 outputs, but .* is expecting 1"):
        regressor.partial_fit(X, np.column_stack([y, y]))


@pytest.mark.parametrize("kind", KINDS)
def test_sequences(kind):
    X, y = data()
    estimator = small(kind)
    with pytest.raises(ValueError, match="sequence 0 has 2, sequence 11 has 3"):
        estimator.fit([*X[:-1], np.ones((1, 3))], y)
    bad = [x.copy() for x in X]
    bad[7][3, 1] = np.nan
    with pytest.raises(ValueError, match="NaN in sequence 7, step 3"):
        estimator.fit(bad, y)
    with pytest.raises(ValueError, match="minimum of 1 is required by RNN"):
        estimator.fit([], [0])
    estimator.fit(X, y)
    wide, _ = data(width=5)
    message = f"X has 5 features per step, but {kind.__name__} is expecting 2"
    for method in ("predict", "transform"):
        with pytest.raises(ValueError, match=message):
            getattr(estimator, method)(wide)
    with pytest.raises(ValueError, match=message):
        estimator.fit(X, y, X_val=wide, y_val=y)
    with pytest.raises(ValueError, match=message):
        estimator.partial_fit(wide, y)
    with pytest.raises(
        ValueError, match=r"SequenceVectorizer\(\) before the estimator"
    ):
        estimator.predict(["some", "text"])


@pytest.mark.parametrize("kind", KINDS)
def test_columns_of_a_table(kind):
    X = np.random.RandomState(0).normal(size=(8, 5))
    estimator = small(kind).fit(X, np.arange(8) % 2)
    message = f"X has 4 features, but {kind.__name__} is expecting 5 features"
    with pytest.raises(ValueError, match=message):
        estimator.predict(X[:, :4])
    assert estimator.predict(list(X[:, :4])).shape == (8,)  # a list may be ragged


@pytest.mark.parametrize("kind", KINDS)
def test_unfitted(kind):
    X, _ = data()
    estimator = small(kind)
    message = f"This {kind.__name__} instance is not fitted yet"
    for method in ("predict", "transform"):
        with pytest.raises(NotFittedError, match=message):
            getattr(estimator, method)(X)
    with pytest.raises(NotFittedError, match=message):
        estimator.get_feature_names_out()
    assert not hasattr(estimator, "parameters_")
    if kind is RNNClassifier:
        with pytest.raises(NotFittedError, match=message):
            next(estimator.staged_predict_proba(X))


# -- partial_fit -----------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_partial_fit_with_early_stopping(kind):
    X, y = data()
    estimator = small(kind, early_stopping=True)
    arguments = {"classes": [0, 1]} if kind is RNNClassifier else {}
    with pytest.raises(ValueError, match="partial_fit does not support early_stopping"):
        estimator.partial_fit(X, y, **arguments)


def test_partial_fit_and_classes():
    X, y = data()
    with pytest.raises(ValueError, match="classes must be passed on the first call"):
        small(RNNClassifier).partial_fit(X, y)
    balanced = small(RNNClassifier, class_weight="balanced")
    with pytest.raises(ValueError, match="'balanced' needs all data at once"):
        balanced.partial_fit(X, y, classes=[0, 1])
    classifier = small(RNNClassifier).partial_fit(X, y, classes=[0, 1])
    before = dict(vars(classifier))
    with pytest.raises(
        ValueError, match=r"classes \[2\], which are not among.*\[0, 1\]"
    ):
        classifier.partial_fit(X, y + 1)
    with pytest.raises(ValueError, match="is not the same as on the first call"):
        classifier.partial_fit(X, y, classes=[0, 1, 2])
    assert_unchanged(classifier, before)


# -- training that fails ---------------------------------------------------------------

# After one update at such a rate, weights can be held but not squared.
RATES = {np.float32: 1e30, np.float64: 1e200}
MESSAGE = r"loss is .* norm of its gradient .* in epoch 2\. Scale X"


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("dtype", "rate"), RATES.items())
def test_divergence(dtype, rate):
    X, y = data(dtype=dtype)
    diverges = {"learning_rate_init": rate, "max_iter": 30, "max_grad_norm": None}
    regressor = small(RNNRegressor, **diverges)
    before = dict(vars(regressor))
    with pytest.raises(ValueError, match=MESSAGE):
        regressor.fit(X, y)
    assert_unchanged(regressor, before)
    regressor.set_params(learning_rate_init=1e-3, max_iter=3).fit(X, y)
    expected = regressor.predict(X)
    before = dict(vars(regressor.set_params(**diverges)))
    theta = regressor.theta_.copy()
    with pytest.raises(ValueError, match=MESSAGE):
        regressor.fit(X, y)
    assert_unchanged(regressor, before)
    with pytest.raises(ValueError, match="in epoch 1"):
        regressor.partial_fit(X, 1e300 * y)
    assert_unchanged(regressor, before)
    assert_array_equal(regressor.theta_, theta)
    assert_array_equal(regressor.predict(X), expected)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("warm_start", [False, True])
def test_a_failure_in_training_changes_nothing(kind, warm_start, monkeypatch):
    X, y = data()
    estimator = small(kind, warm_start=warm_start, batch_size=5)
    before = dict(vars(estimator))
    monkeypatch.setattr("sklearn_rnn.base.BaseRNN._evaluate", failing)
    with pytest.raises(RuntimeError, match="half way"):
        estimator.fit(X, y, X_val=X, y_val=y)
    assert_unchanged(estimator, before)
    estimator.fit(X, y)
    before = dict(vars(estimator))
    arrays = {n: v.copy() for n, v in before.items() if isinstance(v, np.ndarray)}
    draws = estimator._random_state.get_state()[1].copy()
    curve = list(estimator.loss_curve_)
    with pytest.raises(RuntimeError, match="half way"):
        estimator.fit(X, y, X_val=X, y_val=y)
    assert_unchanged(estimator, before)
    for name, array in arrays.items():
        assert_array_equal(getattr(estimator, name), array, err_msg=name)
    assert_array_equal(estimator._random_state.get_state()[1], draws)
    assert estimator.loss_curve_ == curve


def failing(self, *arguments):
    """Fail after the first epoch."""
    raise RuntimeError("half way")
