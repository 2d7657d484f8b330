"""The conditional random field against brute force over all paths."""

from itertools import pairwise, product

import numpy as np
import pytest
from helpers import assert_gradient, packed

from sklearn_rnn.core import crf
from sklearn_rnn.core.crf import CRF, Chain, forward_backward, pairs, parts

LENGTHS = {
    "ragged": [3, 1, 4, 2, 4],
    "with empty ones": [0, 3, 1, 0, 2],
    "length one": [1, 1],
    "one sequence": [4],
    "all empty": [0, 0],
    "none": [],
}
ragged = pytest.mark.parametrize("lengths", LENGTHS.values(), ids=LENGTHS)
labels = pytest.mark.parametrize("n_labels", [1, 2, 3, 4])
PARTS = ("emission", "start", "transition", "end")


def forbid(scores, n_labels):
    """Forbid what leaves a path of every length: label 0 again and again."""
    if n_labels > 1:
        scores["start"][-1] = -np.inf
        scores["transition"][0, 1] = scores["transition"][-1, -1] = -np.inf
        scores["end"][1] = -np.inf
    return scores


def make_chain(lengths, n_labels, forbidden=False, seed=0, dtype=np.float64, scale=1.0):
    """Random scores, hence without ties."""
    rng, packing = np.random.RandomState(seed), packed(np.array(lengths, int))
    scores = {
        "emission": rng.normal(0.0, scale, (packing.n_tokens, n_labels)),
        "start": rng.normal(0.0, scale, n_labels),
        "transition": rng.normal(0.0, scale, (n_labels, n_labels)),
        "end": rng.normal(0.0, scale, n_labels),
    }
    scores = forbid(scores, n_labels) if forbidden else scores
    return Chain(
        packing=packing, **{name: part.astype(dtype) for name, part in scores.items()}
    )


def score_of(chain, tokens, path):
    """By the formula of the module, one term after another."""
    score = chain.start[path[0]] + chain.end[path[-1]]
    score += sum(chain.emission[t, y] for t, y in zip(tokens, path, strict=True))
    return score + sum(chain.transition[i, j] for i, j in pairwise(path))


def all_paths(chain, column):
    """Tokens of a sequence, its paths (n_paths, length), and the score of each."""
    tokens = np.flatnonzero(chain.packing.columns == column)
    n_labels = len(chain.start)
    paths = np.array([*product(range(n_labels), repeat=len(tokens))], int)
    return tokens, paths, np.array([score_of(chain, tokens, path) for path in paths])


def nonempty(chain):
    """Columns of the sequences that have steps."""
    return np.flatnonzero(chain.packing.lengths).tolist()


def legal_labels(chain, seed=1):
    """For each sequence a path that nothing forbids."""
    y, rng = np.zeros(chain.packing.n_tokens, int), np.random.RandomState(seed)
    for column in nonempty(chain):
        tokens, paths, scores = all_paths(chain, column)
        y[tokens] = paths[rng.choice(np.flatnonzero(scores > -np.inf))]
    return y


def log_sum(scores):
    peak = scores.max()
    return np.log(np.exp(scores - peak).sum()) + peak


# -- against brute force ---------------------------------------------------------------


@ragged
@labels
@pytest.mark.parametrize("forbidden", [False, True])
def test_log_likelihood(lengths, n_labels, forbidden):
    chain = make_chain(lengths, n_labels, forbidden)
    y, rng = legal_labels(chain), np.random.RandomState(2)
    weight, expected = rng.rand(len(y)), 0.0
    log_z = forward_backward(chain).log_z
    assert log_z.shape == (len(lengths),)
    assert not log_z[chain.packing.lengths == 0].any()
    for column in nonempty(chain):
        tokens, _, scores = all_paths(chain, column)
        np.testing.assert_allclose(log_z[column], log_sum(scores), rtol=1e-12)
        loss = log_sum(scores) - score_of(chain, tokens, y[tokens])
        expected += weight[tokens].mean() * loss
    loss, _ = CRF(n_labels).loss_gradient(chain, y, weight)
    assert loss == pytest.approx(expected, rel=1e-12)


@ragged
@labels
@pytest.mark.parametrize("forbidden", [False, True])
def test_marginals(lengths, n_labels, forbidden):
    chain = make_chain(lengths, n_labels, forbidden)
    p = CRF(n_labels).inverse(chain)
    assert p.shape == chain.emission.shape
    np.testing.assert_allclose(p.sum(axis=1), 1.0, rtol=1e-14)
    for column in nonempty(chain):
        tokens, paths, scores = all_paths(chain, column)
        share = np.exp(scores - log_sum(scores))
        for token, label in zip(tokens, paths.T, strict=True):
            expected = np.bincount(label, share, n_labels)
            np.testing.assert_allclose(p[token], expected, rtol=1e-11, atol=1e-14)


@ragged
@labels
@pytest.mark.parametrize("forbidden", [False, True])
def test_viterbi(lengths, n_labels, forbidden, monkeypatch):
    for seed in range(5):
        chain = make_chain(lengths, n_labels, forbidden, seed)
        decoded = CRF(n_labels).decode(chain)
        assert decoded.shape == (chain.packing.n_tokens,)
        for column in nonempty(chain):
            tokens, paths, scores = all_paths(chain, column)
            assert decoded[tokens].tolist() == paths[scores.argmax()].tolist()
        for at_a_time in (1, 2 * n_labels**2):
            monkeypatch.setattr(crf, "AT_A_TIME", at_a_time)
            np.testing.assert_array_equal(CRF(n_labels).decode(chain), decoded)
        monkeypatch.undo()


@pytest.mark.parametrize("forbidden", [False, True])
def test_expected_transitions(forbidden):
    """Against brute force, and their sums over one label are marginals."""
    chain = make_chain([3, 0, 4, 1, 2], 3, forbidden)
    y, n = legal_labels(chain), 3
    weight = np.random.RandomState(2).rand(5)
    of_steps = weight[chain.packing.columns]
    _, gradient = CRF(n).loss_gradient(chain, y, of_steps)
    now, before = pairs(chain.packing)
    expected = gradient.transition.copy()
    np.add.at(expected, (y[before], y[now]), of_steps[now])
    counted = np.zeros((n, n))
    for column in nonempty(chain):
        _, paths, scores = all_paths(chain, column)
        share = weight[column] * np.exp(scores - log_sum(scores))
        for i in range(paths.shape[1] - 1):
            np.add.at(counted, (paths[:, i], paths[:, i + 1]), share)
    np.testing.assert_allclose(expected, counted, rtol=1e-11, atol=1e-14)
    p = CRF(n).inverse(chain) * of_steps[:, None]
    np.testing.assert_allclose(expected.sum(axis=0), p[now].sum(axis=0), rtol=1e-11)
    np.testing.assert_allclose(expected.sum(axis=1), p[before].sum(axis=0), rtol=1e-11)


# -- gradients -------------------------------------------------------------------------


def check_gradient(chain, y, weight):
    head = CRF(len(chain.start))
    _, gradient = head.loss_gradient(chain, y, weight)

    def loss():
        return head.loss_gradient(chain, y, weight)[0]

    checked = {}
    for name in PARTS:
        scores, given = getattr(chain, name), getattr(gradient, name)
        assert given.shape == scores.shape
        assert not given[scores == -np.inf].any(), f"forbidden {name} has a gradient"
        checked[name] = (scores, given)
    with np.errstate(invalid="ignore"):
        assert_gradient(loss, **checked)


@ragged
@labels
@pytest.mark.parametrize("forbidden", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
def test_gradient(lengths, n_labels, forbidden, weighted):
    chain = make_chain(lengths, n_labels, forbidden)
    y = legal_labels(chain)
    weight = np.random.RandomState(2).rand(len(y)) if weighted else np.ones(len(y))
    check_gradient(chain, y, weight)


@pytest.mark.parametrize("forbidden", [False, True])
@pytest.mark.parametrize("at_a_time", [1, 2**20])
def test_gradient_where_products_would_lose_scores(forbidden, at_a_time, monkeypatch):
    """The same numbers if every sum is taken over logarithms."""
    chain = make_chain([3, 0, 4, 1, 2], 3, forbidden)
    y, weight = legal_labels(chain), np.random.RandomState(2).rand(10)
    loss, gradient = CRF(3).loss_gradient(chain, y, weight)
    monkeypatch.setattr(crf, "LARGEST", 0.0)
    monkeypatch.setattr(crf, "AT_A_TIME", at_a_time)
    other_loss, other = CRF(3).loss_gradient(chain, y, weight)
    assert other_loss == pytest.approx(loss, rel=1e-13)
    for name in PARTS:
        np.testing.assert_allclose(
            getattr(other, name), getattr(gradient, name), rtol=1e-11, atol=1e-14
        )


def test_the_gradient_of_a_true_path_that_is_certain_is_zero():
    chain = make_chain([3, 2], 3)
    y = CRF(3).decode(chain)
    chain.emission[np.arange(5), y] += 60.0
    loss, gradient = CRF(3).loss_gradient(chain, y, np.ones(5))
    assert 0.0 <= loss < 1e-12
    for name in PARTS:
        np.testing.assert_allclose(getattr(gradient, name), 0.0, atol=1e-12)


# -- weights ---------------------------------------------------------------------------


def test_a_sequence_weighs_as_the_mean_of_its_steps():
    chain = make_chain([3, 0, 4, 1], 3)
    y, rng, head = legal_labels(chain), np.random.RandomState(2), CRF(3)
    weight, columns = rng.rand(len(y)), chain.packing.columns
    sums = np.bincount(columns, weight, 4)
    even = (sums / np.maximum(chain.packing.lengths, 1))[columns]
    loss, gradient = head.loss_gradient(chain, y, weight)
    even_loss, even_gradient = head.loss_gradient(chain, y, even)
    assert loss == pytest.approx(even_loss, rel=1e-13)
    for name in PARTS:
        np.testing.assert_allclose(
            getattr(gradient, name), getattr(even_gradient, name), atol=1e-14
        )
    no_weight = head.loss_gradient(chain, y, np.zeros(len(y)))
    assert no_weight[0] == 0.0
    assert not any(getattr(no_weight[1], name).any() for name in PARTS)


def test_losses_of_sequences_add_up():
    head, whole = CRF(3), make_chain([3, 2, 0], 3)
    y = legal_labels(whole)
    loss, _ = head.loss_gradient(whole, y, np.ones(5))
    columns, total = whole.packing.columns, 0.0
    for column, length in enumerate((3, 2)):
        mine = columns == column
        one = whole._replace(emission=whole.emission[mine], packing=packed([length]))
        total += head.loss_gradient(one, y[mine], np.ones(length))[0]
    assert loss == pytest.approx(total, rel=1e-13)


def test_without_transitions_it_is_softmax_at_every_step():
    chain = make_chain([3, 0, 4, 1], 3)
    for name in PARTS[1:]:
        getattr(chain, name)[...] = 0.0
    p = np.exp(chain.emission)
    np.testing.assert_allclose(
        CRF(3).inverse(chain), p / p.sum(axis=1, keepdims=True), rtol=1e-13
    )
    assert CRF(3).decode(chain).tolist() == chain.emission.argmax(axis=1).tolist()


def test_one_label_is_certain():
    chain = make_chain([3, 0, 1], 1)
    loss, gradient = CRF(1).loss_gradient(chain, np.zeros(4, int), np.ones(4))
    assert loss == pytest.approx(0.0, abs=1e-14)
    assert CRF(1).decode(chain).tolist() == [0] * 4
    assert CRF(1).inverse(chain).tolist() == [[1.0]] * 4
    np.testing.assert_allclose(gradient.transition, 0.0, atol=1e-14)


@pytest.mark.parametrize("part", ["start", "transition", "end"])
def test_no_path_is_allowed(part):
    chain = make_chain([1, 3, 0], 3)
    getattr(chain, part)[...] = -np.inf
    for method in (CRF(3).decode, CRF(3).inverse):
        with pytest.raises(ValueError, match=r"a sequence of 3 step\(s\)"):
            method(chain)
    only = chain._replace(emission=chain.emission[:1], packing=packed([1]))
    assert np.isneginf(forward_backward(only).log_z[0]) == (part != "transition")


# -- large scores, long sequences ------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("forbidden", [False, True])
@pytest.mark.parametrize("scale", [300.0, 1e3, 1e4])
def test_scores_far_apart(dtype, forbidden, scale):
    """Everything is as finite, and as right, as among small scores."""
    for seed in range(10):
        chain = make_chain([4, 3, 0, 1], 3, forbidden, seed, dtype, scale)
        double = chain._replace(
            **{name: getattr(chain, name).astype(float) for name in PARTS}
        )
        y = legal_labels(chain)
        loss, gradient = CRF(3).loss_gradient(chain, y, np.ones(8))
        p, log_z = CRF(3).inverse(chain), forward_backward(chain).log_z
        decoded, expected = CRF(3).decode(chain), 0.0
        assert gradient.emission.dtype == dtype
        assert all(np.isfinite(getattr(gradient, name)).all() for name in PARTS)
        counted = np.zeros((3, 3))
        for column in nonempty(double):
            tokens, paths, scores = all_paths(double, column)
            share = np.exp(scores - log_sum(scores))
            np.testing.assert_allclose(log_z[column], log_sum(scores), rtol=1e-9)
            expected += log_sum(scores) - score_of(double, tokens, y[tokens])
            for token, label in zip(tokens, paths.T, strict=True):
                marginal = np.bincount(label, share, 3)
                np.testing.assert_allclose(p[token], marginal, rtol=1e-6, atol=1e-9)
            for i in range(len(tokens) - 1):
                np.add.at(counted, (paths[:, i], paths[:, i + 1]), share)
                counted[y[tokens[i]], y[tokens[i + 1]]] -= 1
            assert decoded[tokens].tolist() == paths[scores.argmax()].tolist()
        np.testing.assert_allclose(loss, expected, rtol=1e-6)
        np.testing.assert_allclose(gradient.transition, counted, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("forbidden", [False, True])
def test_single_precision_adds_up_in_double(forbidden):
    single = make_chain([30, 4, 0, 1], 3, forbidden, dtype=np.float32)
    double = single._replace(
        **{name: getattr(single, name).astype(float) for name in PARTS}
    )
    head, y, weight = CRF(3), np.zeros(35, int), np.ones(35)
    results = [
        (
            forward_backward(chain).log_z,
            head.inverse(chain),
            head.loss_gradient(chain, y, weight)[1].transition,
        )
        for chain in (single, double)
    ]
    for ours, exact in zip(*results, strict=True):
        np.testing.assert_allclose(ours, exact, rtol=1e-12, atol=1e-12)


def test_the_best_path_is_found_in_double():
    """Beside 1e8, single precision has no ones."""
    chain = Chain(
        np.array([[0.0, 1.0]] * 3, np.float32),
        np.full(2, 1e8, np.float32),
        np.zeros((2, 2), np.float32),
        np.zeros(2, np.float32),
        packed([3]),
    )
    assert CRF(2).decode(chain).tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("size", "counts"), [(4, [3, 3, 1]), (12, [1] * 7), (99, [1] * 7)]
)
def test_parts_have_as_many_elements_as_fit(size, counts, monkeypatch):
    monkeypatch.setattr(crf, "AT_A_TIME", 12)
    found = [*parts(np.arange(7), size)]
    assert [len(part) for part in found] == counts
    assert np.concatenate(found).tolist() == [*range(7)]


@pytest.mark.parametrize("emission", [-3.0, 0.0, 3.0])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_long_sequences(emission, dtype):
    """All paths are equal, so that their number is all that matters."""
    n = 2000
    chain = Chain(
        np.full((n + 5, 3), emission, dtype),
        *(np.zeros(shape, dtype) for shape in (3, (3, 3), 3)),
        packed([n, 5]),
    )
    log_z = forward_backward(chain).log_z
    np.testing.assert_allclose(
        log_z, np.array([n, 5]) * (emission + np.log(3)), rtol=1e-10
    )
    np.testing.assert_allclose(CRF(3).inverse(chain), 1 / 3, rtol=1e-6)
    loss, gradient = CRF(3).loss_gradient(chain, np.zeros(n + 5, int), np.ones(n + 5))
    assert loss == pytest.approx((n + 5) * np.log(3))
    expected = np.full((3, 3), (n + 3) / 9)
    expected[0, 0] -= n + 3
    np.testing.assert_allclose(gradient.transition, expected, rtol=1e-6)
    assert not CRF(3).decode(chain).any()
