"""Names, shapes and initial values over one flat vector."""

import numpy as np
import pytest

from sklearn_rnn.core.layers import Embedding
from sklearn_rnn.core.networks import sequence_to_value
from sklearn_rnn.core.parameters import (
    Layout,
    Parameter,
    flatten,
    glorot,
    normal,
    orthogonal,
    zeros,
)

TREE = {
    "below": {"b": Parameter((3,), zeros), "E": Parameter((5, 2), normal(0.1))},
    "nothing": {},
    "above": {"0": {"W": Parameter((2, 6), glorot(2, 6)), "none": {}}},
    "second": Parameter((5, 3), glorot(1, 3)),
}
TABLES = ["below.E", "second"]
N_TABLES, SIZE = 5 * 2 + 5 * 3, 3 + 5 * 2 + 2 * 6 + 5 * 3


@pytest.fixture
def layout():
    return Layout(TREE, tables=TABLES)


def test_flatten_gives_dotted_names_in_order():
    names = [name for name, _ in flatten(TREE)]
    assert names == ["below.b", "below.E", "above.0.W", "second"]


def test_views_are_nested_as_the_tree_and_share_memory(layout):
    theta = np.zeros(layout.size)
    w = layout.views(theta)
    assert w.keys() == TREE.keys()
    assert w["nothing"] == {}
    assert w["above"]["0"]["none"] == {}
    for name, parameter in flatten(TREE):
        view = layout.named(theta)[name]
        assert view.shape == parameter.shape
        assert np.shares_memory(view, theta)
    w["above"]["0"]["W"] += 2.0
    w["second"] += 1.0
    assert theta.sum() == 2 * 12 + 15
    theta[:] = 7.0
    assert all((view == 7.0).all() for _, view in flatten(w))


def test_views_cover_the_vector_once_tables_first(layout):
    theta = np.arange(float(layout.size))
    named = layout.named(theta)
    assert layout.size == SIZE
    assert list(named)[:2] == TABLES
    flat = np.concatenate([view.ravel() for view in named.values()])
    assert flat.tolist() == theta.tolist()


def test_compact_views_have_as_many_rows_as_occur(layout):
    compact = np.zeros(SIZE - N_TABLES + 2 * 5)
    w = layout.views(compact, n_rows=2)
    assert w["below"]["E"].shape == (2, 2)
    assert w["second"].shape == (2, 3)
    assert w["above"]["0"]["W"].shape == (2, 6)
    w["second"][...] = 1.0
    assert compact.sum() == 6


@pytest.mark.parametrize("lead", [(), (2,), (1,)])
@pytest.mark.parametrize("rows", [[0, 1, 2, 3, 4], [1, 3], [4], []])
def test_take_then_put(layout, lead, rows):
    rng, rows = np.random.RandomState(0), np.array(rows, int)
    vectors = rng.normal(size=(*lead, SIZE))
    kept = vectors.copy()
    compact = layout.take(vectors, rows)
    assert not np.shares_memory(compact, vectors)
    assert compact.shape == (*lead, SIZE - N_TABLES + 5 * len(rows))
    for place in np.ndindex(*lead):
        whole = layout.named(vectors[place])
        for name, view in layout.named(compact[place], len(rows)).items():
            expected = whole[name][rows] if name in TABLES else whole[name]
            np.testing.assert_array_equal(view, expected)

    layout.put(vectors, rows, compact)
    np.testing.assert_array_equal(vectors, kept)

    layout.put(vectors, rows, compact + 100.0)
    elsewhere = np.setdiff1d(np.arange(5), rows)
    for place in np.ndindex(*lead):
        before, after = layout.named(kept[place]), layout.named(vectors[place])
        for name in before:
            moved = after[name] - before[name]
            touched = rows if name in TABLES else slice(None)
            np.testing.assert_allclose(moved[touched], 100.0)
            if name in TABLES:
                assert not moved[elsewhere].any()


def test_all_rows_are_taken_without_a_copy(layout):
    vectors = np.random.RandomState(0).normal(size=(2, SIZE))
    assert layout.take(vectors, None) is vectors
    kept = vectors.copy()
    layout.put(vectors, None, vectors)
    np.testing.assert_array_equal(vectors, kept)


def test_decay_spares_biases_only(layout):
    for n_rows in (None, 2, 0):
        mask = layout.decay(n_rows)
        size = SIZE if n_rows is None else SIZE - N_TABLES + 5 * n_rows
        assert mask.shape == (size,)
        for name, view in layout.named(mask, n_rows).items():
            assert (view == (name != "below.b")).all()


@pytest.mark.parametrize("n_rows", [None, 2, 0])
def test_decay_spares_what_does_not_decay(n_rows):
    tree = {**TREE, "kept": Parameter((5, 4), normal(0.1), decays=False)}
    for tables in (TABLES, [*TABLES, "kept"]):
        layout = Layout(tree, tables=tables)
        for name, view in layout.named(layout.decay(n_rows), n_rows).items():
            assert (view == (name not in ("below.b", "kept"))).all()


@pytest.mark.parametrize("frozen", [False, True])
def test_decay_of_a_network_spares_a_frozen_table(frozen):
    network = sequence_to_value(
        7,
        2,
        (3, 2),
        pooling="attention",
        embedding_dim=4,
        freeze_embedding=frozen,
        dropout=0.0,
        rnn_type="gru",
    )
    layout = network.layout()
    for n_rows in (None, 3):
        for name, view in layout.named(layout.decay(n_rows), n_rows).items():
            spared = view.ndim == 1 or (frozen and name == "embedding.E")
            assert (view != spared).all(), name


def test_more_parameters_than_memory_can_have_are_an_error():
    layout = Layout({"W": Parameter((2**40, 2**30), zeros)})
    with pytest.raises(ValueError, match=r"would have 1.18e\+21 parameters"):
        layout.start(np.random.RandomState(0), float)


def test_glorot_fills_its_limits():
    draw = glorot(10, 14)(np.random.RandomState(0), (40, 50))
    assert 0.49 < draw.max() <= 0.5
    assert -0.5 <= draw.min() < -0.49
    assert abs(draw.mean()) < 0.02


def test_normal_has_its_scale():
    draw = normal(0.1)(np.random.RandomState(0), (40, 50))
    assert draw.std() == pytest.approx(0.1, rel=0.05)
    assert abs(draw.mean()) < 0.01


def test_word_vectors_start_small():
    vectors = Layout(Embedding(40, 50, frozen=False).parameters()).start(
        np.random.RandomState(0), float
    )
    assert vectors.std() == pytest.approx(0.1, rel=0.05)


@pytest.mark.parametrize(("n", "n_blocks"), [(1, 3), (4, 1), (6, 4)])
def test_orthogonal_blocks(n, n_blocks):
    draw = orthogonal(np.random.RandomState(0), (n, n * n_blocks))
    blocks = np.split(draw, n_blocks, axis=1)
    for block in blocks:
        np.testing.assert_allclose(block @ block.T, np.eye(n), atol=1e-12)
    if n > 1:
        assert not np.allclose(blocks[0], blocks[-1]) or n_blocks == 1


def test_orthogonal_blocks_have_no_preferred_sign():
    """QR alone gives one sign of the diagonal; the correction must undo that."""
    rng = np.random.RandomState(0)
    diagonals = [np.diagonal(orthogonal(rng, (3, 3))) for _ in range(300)]
    np.testing.assert_allclose(np.mean(diagonals, axis=0), 0.0, atol=0.12)


def test_start_is_reproducible_and_keeps_the_dtype(layout):
    for dtype in (np.float32, np.float64):
        first = layout.start(np.random.RandomState(3), dtype)
        again = layout.start(np.random.RandomState(3), dtype)
        other = layout.start(np.random.RandomState(4), dtype)
        assert first.dtype == dtype
        np.testing.assert_array_equal(first, again)
        assert (first != other).any()
        assert not layout.named(first)["below.b"].any()


def test_float32_starts_from_the_same_draws_as_float64(layout):
    wide = layout.start(np.random.RandomState(3), np.float64)
    narrow = layout.start(np.random.RandomState(3), np.float32)
    np.testing.assert_array_equal(wide.astype(np.float32), narrow)


@pytest.mark.parametrize("rnn_type", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("embedding_dim", [None, 4])
@pytest.mark.parametrize("bidirectional", [False, True])
def test_tables_of_a_network_are_what_reads_the_input(
    rnn_type, embedding_dim, bidirectional
):
    network = sequence_to_value(
        7,
        2,
        (3, 2),
        pooling="last",
        embedding_dim=embedding_dim,
        dropout=0.0,
        rnn_type=rnn_type,
        bidirectional=bidirectional,
    )
    layout = network.layout()
    leaves = dict(flatten(layout.tree))
    seven = [name for name, p in leaves.items() if p.shape[0] == 7]
    expected = [name for name in seven if name.endswith((".E", ".Wx"))]
    assert list(layout.tables) == expected
    assert len(expected) == (1 if embedding_dim else 1 + bidirectional)
    assert list(layout.parameters)[: len(expected)] == expected


def test_lstm_starts_with_open_forget_gates():
    network = sequence_to_value(
        3,
        1,
        (2,),
        pooling="last",
        embedding_dim=None,
        dropout=0.0,
        rnn_type="lstm",
    )
    layout = network.layout()
    start = layout.start(np.random.RandomState(0), np.float64)
    bias = layout.named(start)["recurrent.0.b"]
    assert bias.tolist() == [0, 0, 0, 0, 1, 1, 0, 0]


def test_fan_in_sets_the_scale_of_the_input_weights():
    """A one-hot step has one feature that counts, however many there are."""
    options = dict(pooling="last", embedding_dim=None, dropout=0.0, rnn_type="gru")
    network = sequence_to_value(500, 1, (5,), fan_in=1, **options)
    layout = network.layout()
    start = layout.start(np.random.RandomState(0), np.float64)
    assert 0.98 < abs(layout.named(start)["recurrent.0.Wx"]).max() <= 1.0
