"""The conditional random field against all paths there are."""

from itertools import product

import numpy as np
import pytest
from helpers import packed
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.special import logsumexp

from sklearn_rnn.core.crf import CRF, Chain


@st.composite
def chains(draw):
    """Scores of one or two sequences, some of whose transitions are forbidden."""
    n_labels = draw(st.integers(1, 3))
    lengths = draw(st.lists(st.integers(0, 4), min_size=1, max_size=2))
    assume(sum(lengths))
    scale = draw(st.sampled_from([0.1, 1.0, 30.0, 1e3, 1e5]))
    forbidden = draw(st.sampled_from([0.0, 0.0, 0.3]))
    dtype = draw(st.sampled_from([np.float32, np.float64]))
    rng = np.random.RandomState(draw(st.integers(0, 2**16)))
    sizes = [(sum(lengths), n_labels), n_labels, (n_labels, n_labels), n_labels]
    scores = [rng.normal(0.0, scale, size).astype(dtype) for size in sizes]
    for part in scores[1:]:
        part[rng.random_sample(part.shape) < forbidden] = -np.inf
    return Chain(*scores, packed(lengths))


def paths_of(chain, sequence):
    """All paths of a sequence, (n_paths, length), and their scores (n_paths,)."""
    packing = chain.packing
    rows = np.flatnonzero(packing.columns == np.flatnonzero(packing.order == sequence))
    n_labels = len(chain.start)
    paths = np.array([*product(range(n_labels), repeat=len(rows))], int)
    emission, start, transition, end = (x.astype(np.float64) for x in chain[:4])
    scores = emission[rows, paths].sum(axis=1)
    scores += start[paths[:, 0]] + end[paths[:, -1]]
    scores += transition[paths[:, :-1], paths[:, 1:]].sum(axis=1)
    return rows, paths, scores


def brute_force(chain):
    """Rows, paths and scores of each sequence that has steps."""
    lengths = chain.packing.lengths  # in the order of the columns
    order = chain.packing.order
    found = [paths_of(chain, order[i]) for i in np.flatnonzero(lengths)]
    return found, all(np.isfinite(scores).any() for _, _, scores in found)


@given(chains())
def test_marginals_and_best_paths_are_those_of_all_paths(chain):
    found, possible = brute_force(chain)
    head = CRF(len(chain.start))
    if not possible:
        for method in (head.inverse, head.decode):
            with pytest.raises(ValueError, match="without breaking the scheme"):
                method(chain)
        return
    p, best = head.inverse(chain), head.decode(chain)
    assert (p >= 0).all()
    assert_allclose(p.sum(axis=1), 1.0, rtol=1e-12)
    for rows, paths, scores in found:
        of_path = np.exp(scores - logsumexp(scores))
        for label in range(len(chain.start)):
            expected = of_path @ (paths == label)
            # Of large scores, the last digits are all that decides.
            atol = 1e-12 * max(1.0, np.abs(scores[np.isfinite(scores)]).max())
            assert_allclose(p[rows, label], expected, rtol=0, atol=atol)
        (chosen,) = np.flatnonzero((paths == best[rows]).all(axis=1))
        assert scores[chosen] == pytest.approx(scores.max(), rel=1e-12)
        assert of_path[chosen] >= of_path.max() * (1 - 1e-9)


@given(chains())
def test_probabilities_of_all_paths_sum_to_one(chain):
    found, possible = brute_force(chain)
    assume(possible)
    best = CRF(len(chain.start)).decode(chain)
    head, total = CRF(len(chain.start)), 0.0
    for choice in product(*(range(len(paths)) for _, paths, _ in found)):
        y, expected = best.copy(), 0.0
        for (rows, paths, scores), path in zip(found, choice, strict=True):
            y[rows] = paths[path]
            expected += logsumexp(scores) - scores[path]
        # What is all but impossible adds nothing: of all pairs of paths, some do.
        if expected < 50:
            loss, _ = head.loss_gradient(chain, y, np.ones(len(y)))
            assert loss == pytest.approx(expected, rel=1e-9, abs=1e-9)
            total += np.exp(-loss)
    assert total == pytest.approx(1.0, rel=1e-9)
