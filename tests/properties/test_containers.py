"""The same sequences in another form, layout or exact dtype say and teach the same."""

import numpy as np
import pytest
from forms import SPARSE, dense_forms, flat_forms, sparse_forms  # needs pandas
from hypothesis import given
from hypothesis import strategies as st
from outcomes import assert_same, outcomes
from scipy import sparse
from strategies import (
    classification,
    density,
    fewer,
    lengths,
    ragged,
    rectangles,
    regression,
    seeds,
    tagging,
    translation,
)

from sklearn_rnn import RNNGenerator, Sequences

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
FROM_NUMBERS = {
    "classification": lambda X: classification(X, noise=False),
    "regression": lambda X: regression(X, noise=False),
    "tagging": lambda X: tagging(X, noise=False),
    "density": lambda X: density(X, noise=False),
    "translation": lambda X: translation(X, noise=False),
}
each_kind = pytest.mark.parametrize("kind", FROM_NUMBERS)
WIDER = ["float64", "int16", "uint64", "longdouble"]
WIDER_DENSE = [">f8", ">i4", "object"]
EXACT = dict(rtol=0, atol=0)


def assert_forms_agree(data, problem, forms, alpha=0.1):
    """Two of the forms must predict, and teach, what the list does."""
    estimator = problem.fit(alpha=alpha)
    expected = outcomes(estimator, problem.X, problem.y)
    learned = problem.new(alpha=alpha).fit(problem.X, problem.y)
    names = st.lists(st.sampled_from(sorted(forms)), min_size=2, max_size=2)
    for name in data.draw(names):
        found = outcomes(estimator, forms[name], problem.y)
        assert_same(found, expected, estimator.theta_.dtype)
        other = problem.new(alpha=alpha).fit(forms[name], problem.y)
        tolerance = dict(rtol=1e-4, atol=1e-5, err_msg=name)
        np.testing.assert_allclose(other.theta_, learned.theta_, **tolerance)


@each_kind
@fewer
@given(st.data())
def test_dense_forms(kind, data):
    X = ragged(can_be_sparse=False, min_steps=1)
    problem = data.draw(FROM_NUMBERS[kind](X))
    assert_forms_agree(
        data, problem, dense_forms(problem.X, data.draw(st.integers(0, 2)))
    )


@each_kind
@fewer
@given(st.data())
def test_flat_forms(kind, data):
    X = data.draw(rectangles())
    problem = data.draw(FROM_NUMBERS[kind](st.just(X)))
    assert_forms_agree(data, problem, flat_forms(X))


@each_kind
@fewer
@given(st.data())
def test_sparse_forms(kind, data):
    X = ragged(dtypes=["float64", "float32", "int8"], min_steps=1).map(
        lambda X: [sparse.csr_array(x) for x in X]
    )
    problem = data.draw(FROM_NUMBERS[kind](X))
    # The penalty is on rows that occur, and in dense data all do.
    assert_forms_agree(data, problem, sparse_forms(problem.X), alpha=0.0)


@each_kind
@fewer
@given(st.data())
def test_exact_dtypes(kind, data):
    few = ["int8", "bool", "float16"]
    problem = data.draw(FROM_NUMBERS[kind](ragged(dtypes=few, min_steps=1)))
    estimator = problem.fit()
    learned = problem.new().fit(problem.X, problem.y)
    expected = outcomes(estimator, problem.X, problem.y)
    narrow = problem.X[0].dtype
    wider = WIDER if sparse.issparse(problem.X[0]) else WIDER + WIDER_DENSE
    wider = [dtype for dtype in wider if np.can_cast(narrow, dtype)]
    dtype = data.draw(st.sampled_from(wider))
    X = [x.astype(dtype) for x in problem.X]
    assert_same(outcomes(estimator, X, problem.y), expected, **EXACT)
    other = problem.new().fit(X, problem.y)
    assert np.array_equal(other.theta_, learned.theta_)


@each_kind
@fewer
@given(st.data())
def test_mixed_dtypes(kind, data):
    """Whoever has float32 in some sequences computes in float64."""
    problem = data.draw(FROM_NUMBERS[kind](ragged(dtypes=["float32"], min_steps=1)))
    X = [x.astype(float) for x in problem.X]
    mixed = [*X[:1], *problem.X[1:]]
    if not X[0].shape[0]:  # which tells no dtype
        return
    expected = outcomes(problem.fit(), X, problem.y)
    assert_same(outcomes(problem.fit(), mixed, problem.y), expected, np.float32)


@given(lengths(min_steps=1), seeds, st.sampled_from(sorted(SPARSE)))
def test_one_hot_however_stored(sizes, seed, name):
    """What is stored beside the ones, or in parts, makes no other kind of data."""
    tokens = np.random.RandomState(seed).randint(3, size=sum(sizes))
    X = Sequences(sparse.csr_array(np.eye(3)[tokens]), sizes)
    generator = RNNGenerator(2, max_iter=1, random_state=0)
    theta = generator.fit(X).theta_
    stored = X.with_values(SPARSE[name](X.values))
    assert generator.fit(stored).distribution_ == "categorical"
    assert np.array_equal(generator.theta_, theta)
