"""What may come next, as one types."""

import unicodedata

import numpy as np

from sklearn_rnn.core.decoding import complete

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
        found = {}
        for share, completions in _of_labels(prefixes, i, boundary, k, bool(begun)):
            for tokens, p in completions:
                word = begun + "".join(names[t] for t in tokens)
                found[word] = found.get(word, 0.0) + share * p
        results.append(sorted(found.items(), key=lambda pair: -pair[1])[:k])
    return results


def _in_word(character):
    """Whether a token is a letter, a digit, a mark on one, or an apostrophe."""
    if len(character) > 1:  # a special token
        return False
    is_mark = unicodedata.category(character).startswith("M")
    return character.isalnum() or is_mark or character in "'’"


def _of_labels(prefixes, i, boundary, k, begun):
    """Pairs (probability, completions) of a prefix for each label it may have."""
    for c, share in enumerate(prefixes.posterior[:, i].tolist()):
        row = [c * len(prefixes.lengths) + i]
        step = prefixes.stepping(prefixes.conditions.subset(row))
        state, scores = [s[:, row] for s in prefixes.states], prefixes.scores[row]
        limits = dict(beam_size=max(16, 4 * k), max_new=LONGEST_WORD, empty=begun)
        yield share, complete(step, state, scores, boundary, k, **limits)
