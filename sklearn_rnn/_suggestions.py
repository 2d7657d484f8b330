"""What may come next, as one types."""

import unicodedata

import numpy as np

from sklearn_rnn.core.decoding import complete
from sklearn_rnn.core.heads import log_softmax

LONGEST_WORD = 40


def suggest_tokens(prefixes, words, k):
    """For each prefix the k most probable tokens, as pairs (token, probability)."""
    estimator = prefixes.estimator
    p = prefixes.mean_of(estimator._head().inverse)
    p[:, [*estimator._dropped, -1]] = 0.0  # the last one is the end
    best = np.argsort(-p, axis=1, kind="stable")[:, :k]
    names = estimator.outcomes_
    return [
        [(names[i], float(p[row, i])) for i in found if p[row, i] > 0]
        for row, found in enumerate(best)
    ]


def suggest_words(prefixes, words, k):
    """For each prefix the k most probable words, as pairs (word, probability).

    ``words`` are the characters of each prefix, the last of which may begin a word.
    """
    names = prefixes.estimator.outcomes_
    boundary = np.array([not _in_word(name) for name in names])
    boundary[-1] = True  # the end
    results = []
    for i, characters in enumerate(words):
        begun = len(characters)
        while begun and _in_word(characters[begun - 1]):
            begun -= 1
        begun = "".join(characters[begun:])
        limits = dict(beam_size=max(16, 4 * k), max_new=LONGEST_WORD, empty=bool(begun))
        found = complete(*_over_labels(prefixes, i), boundary, k, **limits)
        results.append(
            [(begun + "".join(names[t] for t in own), p) for own, p in found]
        )
    return results


def _in_word(character):
    """Whether a token is a letter, a digit, a mark on one, or an apostrophe."""
    if len(character) > 1:  # a special token
        return False
    is_mark = unicodedata.category(character).startswith("M")
    return character.isalnum() or is_mark or character in "'’"


def _over_labels(prefixes, i):
    """What `complete` takes for a prefix: step, state and scores.

    The scores are those over all labels that the prefix may have. The state has, for
    each label, how probable it is together with the tokens so far (n_labels, n), what
    follows under it (n_labels, n, n_tokens), both as logs, and the network's states.
    """
    rows = np.arange(i, len(prefixes.scores), len(prefixes.lengths))
    steps = [prefixes.stepping(prefixes.conditions.subset([row])) for row in rows]
    n_states = len(prefixes.states)

    def joined(log_p, scores, states):
        log_next = np.array([log_softmax(s.astype(np.float64)) for s in scores])
        total = np.logaddexp.reduce(log_p[:, :, None] + log_next, axis=0)
        return [log_p, log_next, *states], total

    def step(tokens, state):
        log_p, log_next, *states = state
        log_p = log_p + log_next[:, np.arange(len(tokens)), tokens]
        scores = []
        for c, step_of_label in enumerate(steps):
            own = slice(c * n_states, (c + 1) * n_states)
            states[own], one = step_of_label(tokens, states[own])
            scores.append(one)
        return joined(log_p, scores, states)

    with np.errstate(divide="ignore"):  # a label may be impossible by now
        log_p = np.log(prefixes.posterior[:, [i]])
    states = [s[:, [row]] for row in rows for s in prefixes.states]
    return step, *joined(log_p, prefixes.scores[rows, None], states)
