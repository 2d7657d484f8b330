"""The objective, one pass after another over the data, and when to stop."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse

from sklearn_rnn.core.packing import Packing, consecutive, pack
from sklearn_rnn.core.streams import Carrier, cut_windows, n_windows


class Data(NamedTuple):
    """Sequences one after another, with what is to be learned from each."""

    values: Any  # (n_steps, n_features), dense or CSR
    starts: np.ndarray  # (n_sequences,) first row of each sequence
    lengths: np.ndarray  # (n_sequences,)
    y: np.ndarray  # (n_sequences, …)
    weight: np.ndarray  # (n_sequences,)
    target: Any = None  # of sequences that are to be written, see pairs.py

    def targets(self, index, packing):
        """What is to be learned from sequences ``index``, which are packed: y, weights.

        And a teacher, where the network has a decoder.
        """
        column = index[packing.order]
        return self.y[column], self.weight[column]

    def subset(self, index):
        """Some of the sequences; the values stay where they are."""
        return self._replace(
            starts=self.starts[index],
            lengths=self.lengths[index],
            y=self.y[index],
            weight=self.weight[index],
        )

    def total(self):
        """Sum of the weights."""
        with np.errstate(over="ignore"):
            return self.weight.sum()

    def step_weights(self):
        """Weight of each step, (n_steps,)."""
        return np.repeat(self.weight, self.lengths)


class StepData(Data):
    """The same with something to be learned at each step: y and weight are of steps."""

    def targets(self, index, packing):
        """See `Data`."""
        return self.y[packing.rows], self.weight[packing.rows]

    def subset(self, index):
        """See `Data`; y and weights stay where they are, too."""
        return self._replace(starts=self.starts[index], lengths=self.lengths[index])

    def total(self):
        """See `Data`."""
        with np.errstate(over="ignore"):
            return self.step_weights().sum()

    def step_weights(self):
        """See `Data`."""
        return self.weight[consecutive(self.starts, self.lengths)]


class Shard(NamedTuple):
    """A part of a minibatch that one thread works on."""

    x: Any  # (n_tokens, n_features)
    packing: Packing
    y: np.ndarray  # in the order of the packing's columns, or tokens, as is weight
    weight: np.ndarray
    teacher: Any = None  # of a decoder, see pairs.py
    columns: np.ndarray | None = None  # (n_sequences,) which of the data each column is

    @property
    def given(self):
        """What else than x the network reads."""
        return () if self.teacher is None else (self.teacher,)


def minibatch(data, index, n_shards=1):
    """The sequences ``index`` as shards, and the features that occur in them.

    Features are renumbered if x is sparse; if it is dense all occur, hence None.
    """
    shards = []
    for part in (index[i::n_shards] for i in range(n_shards)):
        packing = pack(data.starts[part], data.lengths[part])
        x = data.values[packing.rows]
        targets = data.targets(part, packing)
        columns = part[packing.order]
        shards.append(Shard(x, packing, *targets, columns=columns))
    if not sparse.issparse(data.values):
        return shards, None
    occurs = np.zeros(data.values.shape[1], bool)
    for shard in shards:
        occurs[shard.x.indices] = True
    features = np.flatnonzero(occurs)
    number = np.empty(len(occurs), np.int32)
    number[features] = np.arange(len(features))
    return [
        shard._replace(x=_renumber(shard.x, number, features)) for shard in shards
    ], features


def _renumber(x, number, features):
    """CSR with only the columns ``features``, the first of which becomes 0."""
    parts = (x.data, number[x.indices], x.indptr)
    return sparse.csr_array(parts, shape=(x.shape[0], len(features)))


class Window(NamedTuple):
    """What a minibatch of streams is, and what carries their states to the next."""

    pieces: Any  # see `Pieces`
    carrier: Carrier

    def forward(self, network, w, shard, random_state):
        """Scores and trace from where the streams were left."""
        pieces = self.pieces.subset(shard.columns)
        state = self.carrier.start(pieces)
        scores, trace = network.forward(w, shard.x, shard.packing, random_state, state)
        self.carrier.keep(pieces, trace[0])
        return scores, trace


def objective(network, head, w, dw, shard, random_state=None, window=None):
    """Weighted sum of the losses of a shard; adds its gradient to ``dw``."""
    if window is None:
        scores, trace = network.forward(
            w, shard.x, shard.packing, random_state, *shard.given
        )
    else:
        scores, trace = window.forward(network, w, shard, random_state)
    loss, dscores = head.loss_gradient(scores, shard.y, shard.weight)
    network.backward(w, trace, dscores, dw)
    return loss


def clip_(grad, max_norm):
    """Scale down to a norm (Pascanu et al., 2013); returns the norm before."""
    with np.errstate(over="ignore", invalid="ignore"):
        norm = float(np.sqrt(grad @ grad))
        if max_norm is not None and norm > max_norm:
            grad *= max_norm / norm
    return norm


@dataclass
class State:
    """All that changes in training."""

    theta: np.ndarray  # (n_parameters,)
    slots: np.ndarray  # (n_slots, n_parameters) memory of the optimizer
    n_updates: int = 0
    rate_divisor: float = 1.0  # see the adaptive schedule


class NonFiniteLoss(ValueError):
    """The loss, its gradient or the weights are no longer numbers."""


def non_finite(what, epoch):
    """The error that says so, and what to do."""
    return NonFiniteLoss(
        f"{what} in epoch {epoch}. Scale X (and a numeric y), or try a smaller "
        "learning_rate_init or max_grad_norm."
    )


@dataclass
class Trainer:
    """A network, what it is to learn, and how.

    ``map`` runs a function over the shards of a minibatch; ``n_shards`` says how many.
    With ``bptt_steps``, minibatches are windows of so many steps of ``batch_size``
    streams, see streams.py; without, they are so many whole sequences.
    """

    network: Any
    head: Any
    optimizer: Any
    layout: Any
    schedule: Any
    learning_rate: float
    alpha: float
    batch_size: int
    max_grad_norm: float | None
    shuffle: bool = True
    bptt_steps: int | None = None
    n_shards: int = 1
    map: Any = map

    def epochs(self, state, data, n_epochs, random_state):
        """Yield the mean loss of each pass over the data, ``n_epochs`` times.

        The learning rate follows its schedule over the updates planned thereby.
        """
        n_batches = self.n_batches(data)
        planned = n_epochs * n_batches
        total = float(data.total())  # a loss may be too large for float32
        for epoch in range(1, n_epochs + 1):
            loss = 0.0
            batches = self.batches(data, state, random_state)
            for i, (part, index, window) in enumerate(batches):
                done = ((epoch - 1) * n_batches + i) / planned
                rate = self.learning_rate * self.schedule(done, epoch)
                rate /= state.rate_divisor
                loss += self.update(
                    state, part, index, rate, random_state, epoch, window
                )
            if not np.isfinite(state.theta).all():
                raise non_finite("The weights are no longer finite", epoch)
            yield loss / total

    def n_batches(self, data):
        """Minibatches of an epoch."""
        if self.bptt_steps is not None:
            return n_windows(data.lengths, self.batch_size, self.bptt_steps)
        return -(-len(data.lengths) // self.batch_size)

    def batches(self, data, state, random_state):
        """Yield (data, indices of sequences, window or None), in a new order."""
        n = len(data.lengths)
        order = random_state.permutation(n) if self.shuffle else np.arange(n)
        if self.bptt_steps is None:
            for start in range(0, n, self.batch_size):
                yield data, order[start : start + self.batch_size], None
            return
        stack, dtype = self.network.encoder.stack, state.theta.dtype
        carrier = Carrier(stack.start_state(self.batch_size, dtype))
        starts, lengths = data.starts[order], data.lengths[order]
        for pieces in cut_windows(lengths, self.batch_size, self.bptt_steps):
            part = data._replace(
                starts=starts[pieces.sequence] + pieces.offset, lengths=pieces.length
            )
            yield part, np.arange(len(pieces.length)), Window(pieces, carrier)
            carrier.turn()

    def update(self, state, data, index, rate, random_state, epoch, window=None):
        """Learn from one minibatch; returns the weighted sum of its losses."""
        shards, rows = minibatch(data, index, min(self.n_shards, len(index)))
        weight = sum(shard.weight.sum() for shard in shards)
        if not weight:
            return 0.0
        theta = self.layout.take(state.theta, rows)
        slots = self.layout.take(state.slots, rows)
        loss, grad = self.loss_gradient(theta, shards, rows, random_state, window)
        grad /= weight
        norm = clip_(grad, self.max_grad_norm)
        if not np.isfinite(loss) or not np.isfinite(norm):
            what = f"The loss is {loss / weight} and the norm of its gradient {norm}"
            raise non_finite(what, epoch)
        state.n_updates += 1
        with np.errstate(over="ignore", invalid="ignore"):
            self.decay(theta, grad, rate, rows)
            self.optimizer.update(theta, grad, slots, rate, state.n_updates)
        self.layout.put(state.theta, rows, theta)
        self.layout.put(state.slots, rows, slots)
        return loss

    def loss_gradient(self, theta, shards, rows, random_state, window=None):
        """Weighted sum of losses and its gradient; shards are summed in their order."""
        n_rows = None if rows is None else len(rows)
        w = self.layout.views(theta, n_rows)
        # One draw whatever the number of shards: what follows must not depend on it.
        seed = random_state.randint(2**31 - 1)

        def run(shard, number):
            grad = np.zeros_like(theta)
            dw = self.layout.views(grad, n_rows)
            stream = np.random.RandomState([seed, number] if number else seed)
            # What overflows becomes a loss that is not finite, which has its own error.
            with np.errstate(over="ignore", invalid="ignore"):
                loss = objective(self.network, self.head, w, dw, shard, stream, window)
            return loss, grad

        results = list(self.map(run, shards, range(len(shards))))
        loss, grad = results[0]
        with np.errstate(over="ignore", invalid="ignore"):
            for more, other in results[1:]:
                loss += more
                grad += other
        return loss, grad

    def decay(self, theta, grad, rate, rows):
        """L2: into the gradient, or, decoupled from it, straight into the weights."""
        if not self.alpha:
            return
        n_rows = None if rows is None else len(rows)
        shrinkage = self.alpha * theta * self.layout.decay(n_rows)
        if self.optimizer.decoupled:
            theta -= rate * shrinkage
        else:
            grad += shrinkage


class StoppingRule:
    """Keeps the best weights, and says when they have not improved for long.

    An epoch improves if its score does by more than ``tol``, or if the score is as good
    as the best one and the loss falls by more than ``tol``.
    """

    def __init__(self, tol, patience):
        self.tol, self.patience = tol, patience
        self.score, self.loss = -np.inf, np.inf
        self.waited = 0
        self.theta = None

    def report(self, score, loss, theta):
        """Take note of an epoch."""
        better = score > self.score or (score == self.score and loss < self.loss)
        improved = score > self.score + self.tol or (
            score >= self.score and loss < self.loss - self.tol
        )
        self.waited = 0 if improved else self.waited + 1
        if better:
            self.score, self.loss = score, loss
            self.theta = theta.copy()

    @property
    def out_of_patience(self):
        """Whether more than ``patience`` epochs in a row did not improve."""
        return self.waited > self.patience
