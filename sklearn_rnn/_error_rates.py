"""How far written sequences are from the true ones: edits, whole sequences, BLEU."""

from collections.abc import Hashable

import numpy as np
from scipy import sparse
from sklearn.utils.validation import check_consistent_length

from sklearn_rnn._arrays import naming
from sklearn_rnn._compat import _check_sample_weight
from sklearn_rnn._optional import needs
from sklearn_rnn._text import is_listing

PAIRS_AT_A_TIME = 4096


def sequence_error_rate(y_true, y_pred, *, sample_weight=None):
    """Share of the sequences that are not predicted exactly.

    Of words in another script or in phonemes this is the word error rate.

    Parameters
    ----------
    y_true, y_pred : list or array of n_sequences sequences
        The true and the predicted sequences: text, lists or arrays of tokens, of any
        lengths, or single values.
    sample_weight : array-like of shape (n_sequences,), default=None
        How much each sequence counts.

    Returns
    -------
    rate : float
        Between 0 and 1, the smaller the better.

    Raises
    ------
    ValueError
        If there are not as many predictions as true sequences, or none at all.

    See Also
    --------
    token_error_rate : How many tokens have to be edited.

    Examples
    --------
    >>> from sklearn_rnn.metrics import sequence_error_rate
    >>> sequence_error_rate(["two", "ten", "six", "one"], ["two", "tan", "six", "on"])
    0.5
    """
    pairs = _read(y_true, y_pred)
    weight = _weight(sample_weight, pairs)
    wrong = [true != predicted for true, predicted in pairs]
    return float(np.average(wrong, weights=weight))


def token_error_rate(y_true, y_pred, *, sample_weight=None):
    """Edits that lead from the predictions to the truth, for each true token.

    Tokens that are replaced, missing, or too many count one each: the distance of
    Levenshtein (1966). Of text, tokens are characters, and this is the character error
    rate; of lists of phonemes the phoneme error rate; of lists of words the word error
    rate of speech recognition.

    Parameters
    ----------
    y_true, y_pred : list or array of n_sequences sequences
        The true and the predicted sequences: text, lists or arrays of tokens, of any
        lengths, or single values.
    sample_weight : array-like of shape (n_sequences,), default=None
        How much the edits and the tokens of each sequence count.

    Returns
    -------
    rate : float
        0 if all is right; the smaller the better. More than 1 if predictions are much
        too long.

    Raises
    ------
    ValueError
        If there are not as many predictions as true sequences, or if the true ones have
        no tokens at all.

    See Also
    --------
    sequence_error_rate : How many sequences are not exactly right.

    Examples
    --------
    >>> from sklearn_rnn.metrics import token_error_rate
    >>> token_error_rate(["seven", "eight"], ["sevn", "eigth"])
    0.3
    >>> token_error_rate([["N", "AY", "N"]], [["N", "AY", "N", "Z"]]).__round__(3)
    0.333
    """
    pairs = _read(y_true, y_pred)
    weight = _weight(sample_weight, pairs)
    lengths = np.array([len(true) for true, _ in pairs])
    total = lengths @ weight
    if not total:
        raise ValueError(
            "The true sequences have no tokens, so there is no error rate."
        )
    return float(edit_distances(pairs) @ weight / total)


def bleu_score(y_true, y_pred):
    """BLEU of translations: shared n-grams of one to four words, in per cent.

    Computed by sacrebleu (``pip install sacrebleu``), with its defaults.

    Parameters
    ----------
    y_true, y_pred : list or array of n_sequences sequences
        The true and the predicted translations: text, which sacrebleu cuts into words,
        or lists of words.

    Returns
    -------
    score : float
        Of the corpus, from 0 to 100, the larger the better.

    Raises
    ------
    ImportError
        If sacrebleu is not installed.
    ValueError
        If there are not as many predictions as true sequences, or if some are text and
        some are lists.

    References
    ----------
    Papineni et al., BLEU: a method for automatic evaluation of machine translation, ACL
    2002.

    Post, A call for clarity in reporting BLEU scores, WMT 2018.

    Examples
    --------
    >>> from sklearn_rnn.metrics import bleu_score
    >>> bleu_score(["il fait beau aujourd'hui ."], ["il fait beau aujourd'hui ."])
    100.0
    """
    BLEU = needs("sacrebleu.metrics", "bleu_score").BLEU
    pairs = _read(y_true, y_pred)
    in_words = not isinstance(pairs[0][0], str)
    if any(isinstance(part, str) is in_words for pair in pairs for part in pair):
        raise ValueError("y_true and y_pred must be all text, or all lists of words.")
    if in_words:
        pairs = [tuple(" ".join(map(str, part)) for part in pair) for pair in pairs]
    true, predicted = zip(*pairs, strict=True)
    # Lists are lines of few words, of which some have no four.
    bleu = BLEU(tokenize="none" if in_words else None, force=True)
    return float(min(100.0, bleu.corpus_score(predicted, [true]).score))


def edit_distances(pairs):
    """Least number of edits between the sequences of each pair, (n_pairs,)."""
    distances = [
        _edit_distances(pairs[start : start + PAIRS_AT_A_TIME])
        for start in range(0, len(pairs), PAIRS_AT_A_TIME)
    ]
    return np.concatenate(distances)


def _edit_distances(pairs):
    """The same, row after row of the table of prefixes, for all pairs at once."""
    number = {}
    with naming("y_true and y_pred"):
        true, predicted = (
            _padded([[number.setdefault(t, len(number)) for t in s] for s in side])
            for side in zip(*pairs, strict=True)
        )
    n_true, n_predicted = (
        np.array([len(s) for s in side]) for side in zip(*pairs, strict=True)
    )
    place = np.arange(predicted.shape[1] + 1)
    row = np.tile(place, (len(pairs), 1))  # (n_pairs, prefixes of the prediction)
    for i in range(true.shape[1]):
        best = row + 1  # a token is missing
        np.minimum(
            best[:, 1:], row[:, :-1] + (predicted != true[:, i, None]), out=best[:, 1:]
        )
        # A token too many: one more than the prefix before.
        best = np.minimum.accumulate(best - place, axis=1) + place
        row = np.where((i < n_true)[:, None], best, row)
    return row[np.arange(len(pairs)), n_predicted]


def _padded(lists):
    """Lists of numbers as one array, with -1 after their ends."""
    padded = np.full((len(lists), max(map(len, lists))), -1)
    for row, one in zip(padded, lists, strict=True):
        row[: len(one)] = one
    return padded


def _read(y_true, y_pred):
    """Pairs (true, predicted): text stays, all else are tuples of tokens."""
    sides = [
        _sequences(y, name) for y, name in ((y_true, "y_true"), (y_pred, "y_pred"))
    ]
    check_consistent_length(*sides)
    if not sides[0]:
        raise ValueError("There are no sequences, so there is nothing to measure.")
    pairs = list(zip(*sides, strict=True))
    for i, (true, predicted) in enumerate(pairs):
        if isinstance(true, str) != isinstance(predicted, str):
            raise ValueError(
                f"Sequence {i} is {true!r} in y_true, but {predicted!r} in y_pred: "
                "both must be text, or both lists of tokens."
            )
    return pairs


def _sequences(y, name):
    array = getattr(y, "ndim", 0) in (1, 2) and hasattr(y, "__iter__")
    if sparse.issparse(y) or not (isinstance(y, (list, tuple)) or array):
        raise TypeError(f"{name} must be a list or an array of sequences, got {y!r}.")
    if hasattr(y, "columns"):
        raise TypeError(f"{name} must be one column of the {type(y).__name__}.")
    return [_sequence(one, f"sequence {i} of {name}") for i, one in enumerate(y)]


def _sequence(one, where):
    """Text, or a tuple of tokens."""
    if isinstance(one, str):
        return one
    tokens = one
    if is_listing(one):
        tokens = tuple(one.tolist() if hasattr(one, "tolist") else one)
    elif getattr(one, "ndim", 0) == 0 and not isinstance(one, (set, dict, bytes)):
        tokens = (one,)
    usable = isinstance(tokens, tuple) and all(map(_is_token, tokens))
    if not usable or any(is_listing(token) for token in tokens):
        raise ValueError(
            f"{where.capitalize()} must be text or a list of tokens, got {one!r}."
        )
    return tokens


def _is_token(token):
    """Whether something can be told from others, which pandas' NA cannot."""
    odd = isinstance(token, np.void) or type(token).__name__ == "NAType"
    return isinstance(token, Hashable) and not odd


def _weight(sample_weight, pairs):
    """Weights (n_sequences,), which do not sum to zero."""
    weight = _check_sample_weight(
        sample_weight, pairs, dtype=np.float64, ensure_non_negative=True
    )
    if not weight.sum():
        raise ValueError("There is no sequence with positive sample_weight.")
    return weight
