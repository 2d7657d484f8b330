"""A fitted generator at work: prefixes read, then one step after another."""

from itertools import pairwise

import numpy as np
from scipy.special import ndtr

from sklearn_rnn._autoregression import number_inputs, token_inputs
from sklearn_rnn._conditions import Conditions, alternatives, joined
from sklearn_rnn.core.decoding import (
    Noise,
    Pasts,
    distinct,
    generate_numbers,
    generate_tokens,
)
from sklearn_rnn.core.prediction import check_finite, in_windows, scan
from sklearn_rnn.core.stepping import Stepper
from sklearn_rnn.core.training import Data

GROUP = 512  # samples of one prefix that are drawn side by side
LABELS = 2**31  # the block of noise that labels are drawn from


class Prefixes:
    """What samples go on from: the states and scores after each prefix.

    ``steps`` are those of all prefixes, tokens or dense rows. Each label that is
    possible, if labels are not known, has states of its own. Tokens ``dropped`` never
    follow.
    """

    def __init__(self, estimator, steps, lengths, y, run_parallel=map, dropped=()):
        self.estimator, self.lengths, self.dropped = estimator, lengths, list(dropped)
        network = estimator._network()
        w = network.layout().views(estimator.theta_)
        self.stepper = Stepper(network.encoder, w, w["output"], self.dropped)
        self.alternatives = alternatives(estimator, y, len(lengths))
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
        self.table = None
        if estimator.distribution_ == "categorical":
            self.table = _token_gates(estimator, self.stepper)

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
            for own, packing, s, state in scan(network, w, windows):
                last = packing.rows == starts[own] + lengths[own]
                scores[own[last]] = s[last]
                rows, own_ = packing.rows[~last], own[~last]
                density = finite_log_density(head, s[~last], following[rows], own_)
                np.add.at(log_p, own_, density)
                ended = own[last]
                for all_states, now in zip(states, state, strict=True):
                    all_states[:, ended] = now[:, place[ended]]

        for _ in run_parallel(read, in_windows(data, network)):
            pass
        return states, scores, log_p

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
            total = self.posterior[:, i].cumsum()
            chosen.append(np.searchsorted(total, u * total[-1], side="right"))
        return np.concatenate(chosen)

    def start(self, seed, groups):
        """What samples go on from: which prefix each has, and which label, as one.

        (n_samples,) numbers each, of prefixes and of the rows of `states`.
        """
        prefix = np.repeat([i for (i, _), _ in groups], [n for _, n in groups])
        return prefix, self.labels(seed, groups) * len(self.lengths) + prefix

    def condition_gates(self, conditions):
        """What conditions add to the gates of a token, (n_gates, n, n_units), or None.

        The gates of the table are those of no condition.
        """
        if not conditions.width:
            return None
        estimator, n = self.estimator, len(conditions.values)
        inputs = token_inputs(
            np.zeros(n, int),
            np.ones(n, int),
            estimator.n_step_features_,
            conditions,
            estimator.theta_.dtype,
        )
        return self.stepper.gates(inputs[1::2]) - self.table[:, :1]

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


def groups_of(n_prefixes, n_samples):
    """Samples of prefixes as groups ((prefix, chunk), n) that are drawn together."""
    return [
        ((i, start // GROUP), min(GROUP, n_samples - start))
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

    ``tokens`` are those of each prefix, for rules that look back.
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

    parts = run_parallel(run, bundles(groups_of(len(ids), n_samples)))
    return [tokens for part in parts for tokens in part]


def _token_gates(estimator, stepper):
    """Gates to which each token leads as an input, (n_gates, n_tokens, n_units)."""
    n, n_conditions = estimator.n_step_features_, estimator.n_conditions_
    none = np.zeros((n, 0))
    conditions = Conditions(none.astype(int), none, n_conditions)
    lengths, dtype = np.ones(n, int), estimator.theta_.dtype
    inputs = token_inputs(np.arange(n), lengths, n, conditions, dtype)
    return stepper.gates(inputs[1::2])  # the steps after the starts


def simulate(prefixes, n_steps, n_samples, temperature, seed, run_parallel):
    """Numbers that follow, (n_prefixes, n_samples, n_steps, n_features)."""

    def run(groups):
        return follow_numbers(prefixes, n_steps, temperature, seed, groups)

    groups = bundles(groups_of(len(prefixes.lengths), n_samples))
    with np.errstate(over="ignore", invalid="ignore"):
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
        lengths = np.ones(len(values), int)
        return stepper.gates(number_inputs(values, lengths, conditions, dtype)[1::2])

    noise = Noise(seed, groups, draw, (head.n_noise,))
    steps = generate_numbers(
        stepper, state, scores, inputs, head, noise, n_steps, temperature
    )
    values = np.empty((len(scores), n_steps, n_features), dtype)
    for t, step in enumerate(steps):
        values[:, t] = step
    return values
