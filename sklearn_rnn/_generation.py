"""A fitted generator at work: prefixes read, then one step after another."""

from functools import cached_property
from itertools import pairwise

import numpy as np
from scipy.special import ndtr

from sklearn_rnn._autoregression import Inputs
from sklearn_rnn._conditions import Conditions, alternatives, joined
from sklearn_rnn.core.decoding import (
    Noise,
    Pasts,
    distinct,
    generate_numbers,
    generate_tokens,
)
from sklearn_rnn.core.prediction import (
    check_finite,
    in_windows,
    scan,
    tokens_at_a_time,
)
from sklearn_rnn.core.stepping import Stepper
from sklearn_rnn.core.training import Data

GROUP = 512  # samples of one prefix that are drawn side by side
LABELS = 2**31  # the block of noise that labels are drawn from
PREFIXES_AT_A_TIME = 4096  # at the most


class Prefixes:
    """What samples go on from: the states and scores after each prefix.

    ``steps`` are those of all prefixes, tokens or dense rows; the first of these is
    number ``first`` of more. ``choices`` are the `alternatives`: each label that is
    possible, if labels are not known, has states of its own. Tokens ``dropped`` never
    follow.
    """

    def __init__(
        self,
        estimator,
        steps,
        lengths,
        choices,
        run_parallel=map,
        dropped=(),
        first=0,
    ):
        self.estimator, self.lengths, self.dropped = estimator, lengths, list(dropped)
        self.first, self.alternatives = first, choices
        network = estimator._network()
        w = network.layout().views(estimator.theta_)
        self.stepper = Stepper(network.encoder, w, w["output"], self.dropped)
        read = [
            self._read(network, w, steps, conditions, run_parallel)
            for _, conditions in self.alternatives
        ]
        states, scores, log_p = zip(*read, strict=True)
        # All prefixes under the first label, then all under the second, and so on.
        self.states = [np.concatenate(s, axis=1) for s in zip(*states, strict=True)]
        self.scores = np.concatenate(scores)
        self.conditions = joined([conditions for _, conditions in self.alternatives])
        log_p = np.array([[prior] for prior, _ in self.alternatives]) + log_p
        log_p -= log_p.max(axis=0)
        self.posterior = np.exp(log_p) / np.exp(log_p).sum(axis=0)  # (n_labels, n)

    def _read(self, network, w, steps, conditions, run_parallel):
        """States and scores after the prefixes, and the log-likelihood of these."""
        estimator, lengths = self.estimator, self.lengths
        n, dtype = len(lengths), estimator.theta_.dtype
        inputs = estimator._inputs(steps, lengths, conditions, dtype)
        starts = np.cumsum(lengths + 1) - lengths - 1
        data = Data(inputs, starts, lengths + 1, None, None)
        states = network.encoder.stack.start_state(n, dtype)
        scores = np.empty((n, network.output.n_out), dtype)
        log_p = np.zeros(n)
        head = estimator._head()
        following = estimator._following(steps, lengths)

        def read(windows):
            place = np.empty(n, int)
            place[windows.index] = np.arange(windows.n_sequences)
            for own, packing, s, state in scan(network, w, windows, self.first):
                last = packing.rows == starts[own] + lengths[own]
                scores[own[last]] = s[last]
                rows, own_ = packing.rows[~last], own[~last]
                density = finite_log_density(
                    head, s[~last], following[rows], own_ + self.first
                )
                np.add.at(log_p, own_, density)
                ended = own[last]
                for all_states, now in zip(states, state, strict=True):
                    all_states[:, ended] = now[:, place[ended]]

        for _ in run_parallel(read, in_windows(data, network)):
            pass
        return states, scores, log_p

    @cached_property
    def table(self):
        """Gates to which each token leads as an input, (n_gates, n_tokens, n_units)."""
        estimator = self.estimator
        n, n_conditions = estimator.n_step_features_, estimator.n_conditions_
        none = np.zeros((n, 0))
        conditions = Conditions(none.astype(int), none, n_conditions)
        tokens = np.arange(n)
        return self.stepper.gates(after_one_step(estimator, tokens, conditions))

    @property
    def part(self):
        """Which of all prefixes they are, as a slice."""
        return slice(self.first, self.first + len(self.lengths))

    def mean_of(self, read):
        """What ``read`` makes of the scores, in the mean over labels, (n, …)."""
        return self._mean(self._of_labels(read))

    def std_of(self, head):
        """Standard deviations, those between labels included."""
        apart = (self._of_labels(head.inverse) - self.mean_of(head.inverse)) ** 2
        return np.sqrt(self._mean(self._of_labels(head.variance) + apart))

    def _of_labels(self, read):
        """The same for each label, (n_labels, n, …)."""
        values = read(self.scores)
        return values.reshape(*self.posterior.shape, values.shape[1])

    def _mean(self, values):
        mean = (self.posterior[:, :, None] * values).sum(axis=0)
        return mean.astype(self.estimator.theta_.dtype, copy=False)

    def labels(self, seed, groups):
        """For each sample the alternative that it goes on with, (n_samples,)."""
        n_samples = sum(n for _, n in groups)
        if len(self.alternatives) == 1:
            return np.zeros(n_samples, int)
        chosen = []
        for (i, chunk), n in groups:
            u = np.random.default_rng([seed, i, chunk, LABELS]).random(n)
            total = self.posterior[:, i - self.first].cumsum()
            chosen.append(np.searchsorted(total, u * total[-1], side="right"))
        return np.concatenate(chosen)

    def start(self, seed, groups):
        """What samples go on from: which prefix each has, and which label, as one.

        (n_samples,) numbers each, of prefixes and of the rows of `states`.
        """
        prefix = np.repeat([i for (i, _), _ in groups], [n for _, n in groups])
        block = self.labels(seed, groups) * len(self.lengths)
        return prefix, block + prefix - self.first

    def condition_gates(self, conditions):
        """What conditions add to the gates of a token, (n_gates, n, n_units), or None.

        The gates of the table are those of no condition.
        """
        if not conditions.width:
            return None
        estimator, n = self.estimator, len(conditions.values)
        inputs = after_one_step(estimator, np.zeros(n, int), conditions)
        return self.stepper.gates(inputs) - self.table[:, :1]

    def stepping(self, condition):
        """The callable (tokens, states) -> (states, scores) under one condition."""
        base, stepper = self.condition_gates(condition), self.stepper

        def step(tokens, state):
            a = self.table.take(tokens, axis=1)
            state = stepper.step(a if base is None else a + base, state)
            return state, stepper.scores(state)

        return step


def finite_log_density(head, scores, y, sequences):
    """Log-density of steps, which belong to sequences; raise if one is infinite."""
    with np.errstate(over="ignore", invalid="ignore"):
        log_p = head.log_density(scores, y)
    check_finite(log_p[:, None], sequences)
    return log_p


def in_parts(estimator, steps, lengths, y, run_parallel=map, dropped=()):
    """Yield `Prefixes`, so many at a time that their states take little memory."""
    n, ends = len(lengths), np.concatenate([[0], np.cumsum(lengths)])
    choices = alternatives(estimator, y, n)
    at_a_time = min(PREFIXES_AT_A_TIME, tokens_at_a_time(estimator.n_outputs_))
    for first in range(0, max(1, n), at_a_time):
        part = slice(first, min(n, first + at_a_time))
        own = [
            (log_prior, conditions.subset(part)) for log_prior, conditions in choices
        ]
        yield Prefixes(
            estimator,
            steps[ends[part.start] : ends[part.stop]],
            lengths[part],
            own,
            run_parallel,
            dropped,
            first,
        )


def after_one_step(estimator, steps, conditions):
    """Inputs behind a single step each, (n, n_inputs)."""
    n, n_features = len(steps), estimator.n_step_features_
    dtype, lengths = estimator.theta_.dtype, np.ones(n, int)
    inputs = Inputs(steps, lengths, n_features, conditions, dtype)
    return inputs[np.arange(1, 2 * n, 2)]  # the rows between are the starts


def groups_of(n_prefixes, n_samples, first=0):
    """Samples of prefixes as groups ((prefix, chunk), n) that are drawn together."""
    return [
        ((first + i, start // GROUP), min(GROUP, n_samples - start))
        for i in range(n_prefixes)
        for start in range(0, n_samples, GROUP)
    ]


def bundles(groups):
    """Lists of groups with together about as many samples as a group may have."""
    counts = np.cumsum([n for _, n in groups])
    number = (counts - 1) // GROUP
    cuts = np.flatnonzero(np.diff(number)) + 1
    edges = pairwise([0, *cuts.tolist(), len(groups)])
    return [groups[start:stop] for start, stop in edges if stop > start]


def follow_tokens(prefixes, tokens, rules, seed, groups):
    """Yield (samples, their next tokens), for groups of samples.

    ``tokens`` are those of all prefixes, for rules that look back.
    """
    prefix, start = prefixes.start(seed, groups)
    row, of = distinct(start)
    scores = prefixes.scores[row]
    scores[:, prefixes.dropped] = -np.inf
    pasts = Pasts(
        [s[:, row] for s in prefixes.states],
        scores,
        prefixes.condition_gates(prefixes.conditions.subset(row)),
        of,
    )
    noise = Noise(seed, groups, lambda generator, shape: generator.random(shape))
    rules = rules._replace(max_new=rules.max_new[prefix], min_new=rules.min_new[prefix])
    past = [tokens[i] for i in prefix] if rules.looks_back else None
    yield from generate_tokens(
        prefixes.stepper, pasts, prefixes.table, noise, rules, past
    )


def write_tokens(prefixes, ids, rules, seed, n_samples, run_parallel):
    """Tokens that follow each prefix, as lists, those of a prefix side by side."""

    def run(groups):
        none = np.empty(0, int)
        steps = [(none, none), *follow_tokens(prefixes, ids, rules, seed, groups)]
        samples, tokens = (np.concatenate(part) for part in zip(*steps, strict=True))
        order = np.argsort(samples, kind="stable")
        order = order[tokens[order] != rules.end]
        counts = np.bincount(samples[order], minlength=sum(n for _, n in groups))
        tokens, stops = tokens[order].tolist(), np.cumsum(counts).tolist()
        return [tokens[a:b] for a, b in pairwise([0, *stops])]

    groups = groups_of(len(prefixes.lengths), n_samples, prefixes.first)
    parts = run_parallel(run, bundles(groups))
    return [tokens for part in parts for tokens in part]


def simulate(prefixes, n_steps, n_samples, temperature, seed, run_parallel):
    """Numbers that follow, (n_prefixes, n_samples, n_steps, n_features)."""

    def run(groups):
        with np.errstate(over="ignore", invalid="ignore"):  # in each thread
            return follow_numbers(prefixes, n_steps, temperature, seed, groups)

    groups = bundles(groups_of(len(prefixes.lengths), n_samples, prefixes.first))
    values = np.concatenate([*run_parallel(run, groups)])
    if not np.isfinite(values).all():
        raise ValueError(
            f"The values that follow are not finite. Try a lower temperature than "
            f"{temperature}, or scale X as in fit."
        )
    return values.reshape(-1, n_samples, *values.shape[1:])


def follow_numbers(prefixes, n_steps, temperature, seed, groups):
    """Values (n_samples, n_steps, n_features) of the steps that follow."""
    estimator, stepper = prefixes.estimator, prefixes.stepper
    _, start = prefixes.start(seed, groups)
    state, scores = [s[:, start] for s in prefixes.states], prefixes.scores[start]
    conditions = prefixes.conditions.subset(start)
    head, dtype = estimator._head(), estimator.theta_.dtype
    n_features = estimator.n_step_features_

    def draw(generator, shape):
        if estimator.distribution_ == "bernoulli":
            return generator.random(shape)
        noise = generator.standard_normal(shape)
        noise[..., n_features:] = ndtr(noise[..., n_features:])  # uniform
        return noise

    def inputs(values):
        return stepper.gates(after_one_step(estimator, values, conditions))

    noise = Noise(seed, groups, draw, (head.n_noise,))
    steps = generate_numbers(
        stepper, state, scores, inputs, head, noise, n_steps, temperature
    )
    values = np.empty((len(scores), n_steps, n_features), dtype)
    for t, step in enumerate(steps):
        values[:, t] = step
    return values
