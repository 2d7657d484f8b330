"""Does a generator invent, or recite?"""

from collections.abc import Hashable
from numbers import Integral

import numpy as np
from scipy.sparse import issparse
from sklearn.utils import Bunch

from sklearn_rnn._arrays import as_array

REPETITIONS = 4  # of a fragment at the end of a sample that make a loop


def memorization_report(
    samples, training, *, vectorizer=None, ngram_sizes=(1, 2, 4, 8)
):
    """Tell whether what a generator made is new, varied, and free of loops.

    Parameters
    ----------
    samples : list of str or of list of str
        What was generated.
    training : str, list of str or of list of str
        What the generator learned from, in the same form.
    vectorizer : SequenceVectorizer, default=None
        Cuts text into the tokens that are compared, such as the `vectorizer_` of the
        generator: only so are words that it turned to lower case recognised. None
        compares characters.
    ngram_sizes : tuple of int, default=(1, 2, 4, 8)
        Lengths of the n-grams that are counted.

    Returns
    -------
    report : :class:`~sklearn.utils.Bunch`
        Dictionary-like object, with the attributes

        in_training : float
            Share of the samples that are a whole sequence of the training set.
        distinct : float
            Number of different samples, divided by that of all.
        distinct_ngrams : dict of int -> float
            For each n the number of different n-grams in the samples, divided by that
            of all (Li et al., 2016); NaN if there is none.
        known_ngrams : dict of int -> float
            For each n the share of the n-grams in the samples that also occur in the
            training set; NaN if there is none. Close to 1 for large n means recitation.
        loops : float
            Share of the samples that end in a loop: one fragment, at least four times.
        looping : list of int
            Which samples these are.

    Raises
    ------
    ValueError
        If there are no samples, or a size is not positive.
    TypeError
        If a sample is neither text nor a list of tokens, or if some are text and others
        lists.

    References
    ----------
    J. Li, M. Galley, C. Brockett, J. Gao and B. Dolan (2016). "A diversity-promoting
    objective function for neural conversation models". NAACL.

    Examples
    --------
    >>> from sklearn_rnn.metrics import memorization_report
    >>> report = memorization_report(
    ...     ["anna", "hanna", "lalalala", "anna"], ["anna", "hannah"], ngram_sizes=(2,)
    ... )
    >>> report.in_training, report.distinct, report.loops
    (0.5, 0.75, 0.25)
    >>> report.known_ngrams
    {2: 0.588...}
    """
    samples, training = _read(samples, "samples"), _read(training, "training")
    if not samples:
        raise ValueError("There are no samples to report on.")
    kinds = {type(sequence) for sequence in [*samples, *training]}
    if len(kinds) > 1:
        raise TypeError("samples and training must both be text, or lists of tokens.")
    if vectorizer is not None and not hasattr(vectorizer, "build_analyzer"):
        raise TypeError(f"vectorizer must be a SequenceVectorizer, got {vectorizer!r}.")
    if vectorizer is not None and kinds == {str}:
        cut = vectorizer.build_analyzer()
        samples, training = (
            [tuple(cut(text)) for text in part] for part in (samples, training)
        )
    sizes = np.ravel(as_array(ngram_sizes, "ngram_sizes")).tolist()
    for n in sizes:
        if not isinstance(n, Integral) or n < 1:
            raise ValueError(f"ngram_sizes must be positive integers, got {n!r}.")
    known = {*training}
    looping = [i for i, sample in enumerate(samples) if _ends_in_loop(sample)]
    distinct_ngrams, known_ngrams = {}, {}
    for n in sizes:
        own = [ngram for sample in samples for ngram in _ngrams(sample, n)]
        theirs = {ngram for sequence in training for ngram in _ngrams(sequence, n)}
        distinct_ngrams[n] = _share(len({*own}), len(own))
        known_ngrams[n] = _share(sum(ngram in theirs for ngram in own), len(own))
    return Bunch(
        in_training=_share(sum(s in known for s in samples), len(samples)),
        distinct=_share(len({*samples}), len(samples)),
        distinct_ngrams=distinct_ngrams,
        known_ngrams=known_ngrams,
        loops=_share(len(looping), len(samples)),
        looping=looping,
    )


def _read(sequences, name):
    """Sequences as a list of str or of tuples."""
    if isinstance(sequences, str):
        sequences = [sequences]
    if not np.iterable(sequences) or issparse(sequences):
        raise TypeError(f"{name} must be a list, got {type(sequences).__name__}.")
    read = []
    for i, sequence in enumerate(sequences):
        if isinstance(sequence, str):
            read.append(sequence)
        elif isinstance(sequence, (list, tuple)):
            if not all(isinstance(token, Hashable) for token in sequence):
                raise TypeError(f"Item {i} of {name} must hold tokens, got {sequence}.")
            read.append(tuple(sequence))
        else:
            raise TypeError(
                f"Item {i} of {name} must be text or a list of tokens, got "
                f"{type(sequence).__name__}."
            )
    return read


def _ngrams(sequence, n):
    return (sequence[i : i + n] for i in range(len(sequence) - n + 1))


def _share(count, total):
    return count / total if total else float("nan")


def _ends_in_loop(sequence):
    """Whether its end is one fragment again and again."""
    for width in range(1, len(sequence) // REPETITIONS + 1):
        end = sequence[len(sequence) - REPETITIONS * width :]
        if end == end[:width] * REPETITIONS:
            return True
    return False
