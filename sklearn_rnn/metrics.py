"""Scores of sequences, their steps and entities; error rates; reports on samples."""

from numbers import Integral, Real

import numpy as np
from scipy.sparse import issparse
from sklearn.exceptions import UndefinedMetricWarning
from sklearn.metrics import make_scorer
from sklearn.utils import check_scalar

from sklearn_rnn._arrays import differs_from_itself, is_number
from sklearn_rnn._compat import _check_sample_weight
from sklearn_rnn._entities import (
    check_scheme,
    count_entities,
    entities_of_one,
    labels_of_one,
    read_labels,
)
from sklearn_rnn._error_rates import (
    bleu_score,
    sequence_error_rate,
    token_error_rate,
)
from sklearn_rnn._memorization import memorization_report
from sklearn_rnn._sampling_rules import check_number
from sklearn_rnn._validation_scorer import ValidationScorer
from sklearn_rnn._warning import warn_user

__all__ = [
    "SCORERS",
    "ValidationScorer",
    "bleu_score",
    "entity_f1_score",
    "entity_precision_score",
    "entity_recall_score",
    "entity_report",
    "extract_entities",
    "mark_entities",
    "memorization_report",
    "sequence_accuracy_score",
    "sequence_error_rate",
    "step_accuracy_score",
    "token_error_rate",
]


def step_accuracy_score(y_true, y_pred, *, sample_weight=None):
    """Share of the steps whose label is right.

    Parameters
    ----------
    y_true, y_pred : list or array of n_sequences label sequences
        The true and the predicted labels. Each sequence is a list, tuple or array of
        str or of int, of any length. In a list or array of shape (n_samples,) of
        labels, each of them is a sequence of one step.
    sample_weight : array-like of shape (n_sequences,), default=None
        How much each step of a sequence counts. None counts all steps alike.

    Returns
    -------
    score : float
        Between 0 and 1. Long sequences count for more, as they have more steps.

    Raises
    ------
    ValueError
        If `y_true` and `y_pred` differ in lengths (the error names the sequence), a
        label is neither str nor int, text and numbers are mixed, or there is no step.
    TypeError
        If `y_true` or `y_pred` is no list or array.

    See Also
    --------
    sequence_accuracy_score : Share of the sequences that are right as a whole.

    Examples
    --------
    >>> from sklearn_rnn.metrics import step_accuracy_score
    >>> y_true = [["DET", "NOUN", "VERB"], ["VERB"]]
    >>> y_pred = [["DET", "NOUN", "NOUN"], ["VERB"]]
    >>> step_accuracy_score(y_true, y_pred)
    0.75
    """
    labels = read_labels(y_true, y_pred)
    weight = _read_weight(sample_weight, labels)
    if weight is not None:
        weight = np.repeat(weight, labels.lengths)
    return _share(labels.true == labels.pred, weight, "step")


def sequence_accuracy_score(y_true, y_pred, *, sample_weight=None):
    """Share of the sequences all of whose labels are right.

    Parameters
    ----------
    y_true, y_pred : list or array of n_sequences label sequences
        As in `step_accuracy_score`.
    sample_weight : array-like of shape (n_sequences,), default=None
        How much each sequence counts. None counts all sequences alike.

    Returns
    -------
    score : float
        Between 0 and 1. A sequence without steps is right.

    Raises
    ------
    ValueError, TypeError
        As `step_accuracy_score` does, but sequences without steps will do.

    See Also
    --------
    step_accuracy_score : Share of the steps that are right.

    Examples
    --------
    >>> from sklearn_rnn.metrics import sequence_accuracy_score
    >>> y_true = [["DET", "NOUN", "VERB"], ["VERB"]]
    >>> y_pred = [["DET", "NOUN", "NOUN"], ["VERB"]]
    >>> sequence_accuracy_score(y_true, y_pred)
    0.5
    """
    labels = read_labels(y_true, y_pred)
    weight = _read_weight(sample_weight, labels)
    n_sequences = len(labels.lengths)
    owner = np.repeat(np.arange(n_sequences), labels.lengths)
    n_wrong = np.bincount(owner[labels.true != labels.pred], minlength=n_sequences)
    return _share(n_wrong == 0, weight, "sequence")


def extract_entities(labels, scheme="IOB2"):
    """Find the entities that the labels of one sequence mark.

    A label is "O", outside of all entities, or a prefix, a hyphen and a type, such as
    "B-PER". The type may have hyphens, too. It may also be missing, as in "B": such
    entities have the type "_".

    Parameters
    ----------
    labels : array-like of str of shape (n_steps,)
        The labels of one sequence.
    scheme : {"IOB1", "IOB2", "BIO", "BIOES", "IOBES", "conlleval"}, default="IOB2"
        What the prefixes mean. "BIO" is another name of "IOB2", "IOBES" of "BIOES".

    Returns
    -------
    entities : list of tuple (type, start, stop)
        In their order. The steps of an entity are those from start up to, but not
        including, stop.

    Raises
    ------
    ValueError
        If a label does not fit the scheme; the error names the step.
    TypeError
        If `labels` is no list, tuple or array.

    See Also
    --------
    mark_entities : The way back, in any scheme.
    entity_f1_score : Compare true and predicted entities.

    Notes
    -----
    **IOB2** is read strictly. B- begins an entity, and each I- of the same type that
    follows without a gap belongs to it. Any other I- belongs to nothing.

    **BIOES** is read strictly, too. An entity is S-, or B- and E- with any number of
    I- between them, all of one type. What is incomplete is nothing.

    **IOB1** needs B- only to separate neighbours of one type. I- begins an entity
    unless it follows its own type. B- begins one right after its own type; elsewhere
    it separates nothing, and is nothing: the I- behind it begins the entity, and an
    entity of a single B- in front of it does not count.

    **conlleval** reads labels as the evaluation script of the CoNLL tasks did, by which
    most published figures were computed. It takes labels of all three schemes, and
    each of them but "O" is part of an entity. B- and S- begin one. I- and E- carry on
    what B- or I- of their type left open just before, or else begin one, too.

    On labels that are well-formed by one of the schemes, "conlleval" agrees with that
    scheme. These cases tell all of them apart; each entity is given with its steps:

    ===========  ============  ============  =====  ===================
    labels       IOB1          IOB2          BIOES  conlleval
    ===========  ============  ============  =====  ===================
    B-X I-X      X 1:2         X 0:2                X 0:2
    B-X B-X      X 1:2         X 0:1, X 1:2         X 0:1, X 1:2
    B-X B-Y                    X 0:1, Y 1:2         X 0:1, Y 1:2
    B-X I-Y      Y 1:2         X 0:1                X 0:1, Y 1:2
    I-X I-X      X 0:2                              X 0:2
    I-X I-Y      X 0:1, Y 1:2                       X 0:1, Y 1:2
    I-X B-X      X 0:1, X 1:2  X 1:2                X 0:1, X 1:2
    I-X B-Y      X 0:1         Y 1:2                X 0:1, Y 1:2
    I-X B-X B-Y  X 0:1         X 1:2, Y 2:3         X 0:1, X 1:2, Y 2:3
    I-X O I-X    X 0:1, X 2:3                       X 0:1, X 2:3
    S-X          error         error         X 0:1  X 0:1
    B-X I-X E-X  error         error         X 0:3  X 0:3
    B-X E-Y      error         error                X 0:1, Y 1:2
    I-X E-X      error         error                X 0:2
    S-X I-X      error         error         X 0:1  X 0:1, X 1:2
    B-X E-X E-X  error         error         X 0:2  X 0:2, X 2:3
    ===========  ============  ============  =====  ===================

    References
    ----------
    Ramshaw and Marcus, Text chunking using transformation-based learning, Third
    Workshop on Very Large Corpora, 1995 (IOB1).

    Tjong Kim Sang and Veenstra, Representing text chunks, EACL 1999 (IOB1 and IOB2).

    Ratinov and Roth, Design challenges and misconceptions in named entity recognition,
    CoNLL 2009 (BIOES, there with L for E and U for S).

    Tjong Kim Sang and De Meulder, Introduction to the CoNLL-2003 shared task:
    language-independent named entity recognition, CoNLL 2003 (the evaluation).

    Examples
    --------
    >>> from sklearn_rnn.metrics import extract_entities
    >>> extract_entities(["B-PER", "I-PER", "O", "I-LOC"])
    [('PER', 0, 2)]
    >>> extract_entities(["B-PER", "I-PER", "O", "I-LOC"], scheme="conlleval")
    [('PER', 0, 2), ('LOC', 3, 4)]
    """
    types, spans = entities_of_one(labels, check_scheme(scheme))
    kinds, starts, stops = (part.tolist() for part in spans)
    return list(zip(map(types.__getitem__, kinds), starts, stops, strict=True))


def mark_entities(entities, n_steps, scheme="IOB2"):
    """Labels that mark entities: the inverse of `extract_entities`.

    The two together turn one scheme into another. A tagger with a CRF may find more
    entities if it learns from BIOES labels, which tell ends and single steps from the
    rest (Ratinov and Roth, 2009).

    Parameters
    ----------
    entities : list of tuple (type, start, stop)
        The entities of one sequence, in any order, as `extract_entities` gives them.
        They may touch, but not overlap. The type "_" is not written.
    n_steps : int
        Length of the sequence.
    scheme : {"IOB1", "IOB2", "BIO", "BIOES", "IOBES"}, default="IOB2"
        What the prefixes mean, see `extract_entities`.

    Returns
    -------
    labels : list of str
        A label for each of the `n_steps` steps.

    Raises
    ------
    ValueError
        If entities overlap, reach beyond the sequence or have no type, or the scheme is
        another.

    See Also
    --------
    extract_entities : The way back.

    References
    ----------
    Ratinov and Roth, Design challenges and misconceptions in named entity recognition,
    CoNLL 2009.

    Examples
    --------
    >>> from sklearn_rnn.metrics import extract_entities, mark_entities
    >>> labels = ["I-PER", "I-PER", "O", "I-LOC"]
    >>> mark_entities(extract_entities(labels, "IOB1"), len(labels), "BIOES")
    ['B-PER', 'E-PER', 'O', 'S-LOC']
    """
    scheme = check_scheme(scheme)
    if scheme == "conlleval":
        raise ValueError('scheme="conlleval" reads labels, and cannot write them.')
    check_number("n_steps", n_steps, Integral, 0)
    if not np.iterable(entities) or issparse(entities):
        raise TypeError(f"entities must be a list, got {type(entities).__name__}.")
    return labels_of_one(list(entities), n_steps, scheme)


def entity_precision_score(
    y_true,
    y_pred,
    *,
    scheme="IOB2",
    average="micro",
    sample_weight=None,
    zero_division="warn",
):
    """Share of the predicted entities that are right.

    An entity is right if `y_true` has one of the same type and with the same steps.

    Parameters
    ----------
    y_true, y_pred : list or array of n_sequences sequences of str
        As in `entity_f1_score`.
    scheme : {"IOB1", "IOB2", "BIO", "BIOES", "IOBES", "conlleval"}, default="IOB2"
        How labels mark entities, see `extract_entities`.
    average : {"micro", "macro", "weighted"} or None, default="micro"
        As in `entity_f1_score`.
    sample_weight : array-like of shape (n_sequences,), default=None
        How much the entities of each sequence count.
    zero_division : {"warn", 0, 1, np.nan}, default="warn"
        Precision where no entity is predicted, as in `entity_f1_score`.

    Returns
    -------
    score : float, or ndarray of float of shape (n_types,)
        Between 0 and 1; an array if `average` is None.

    Raises
    ------
    ValueError, TypeError
        As `entity_f1_score` does.

    See Also
    --------
    entity_recall_score : Share of the true entities that are found.
    entity_f1_score : Both in one.

    Examples
    --------
    >>> from sklearn_rnn.metrics import entity_precision_score
    >>> y_true = [["B-PER", "I-PER", "O", "B-LOC"], ["B-LOC"]]
    >>> y_pred = [["B-PER", "I-PER", "O", "O"], ["B-PER"]]
    >>> entity_precision_score(y_true, y_pred)
    0.5
    """
    counts = _count(y_true, y_pred, scheme, sample_weight)
    return _score("precision", counts, scheme, average, zero_division)


def entity_recall_score(
    y_true,
    y_pred,
    *,
    scheme="IOB2",
    average="micro",
    sample_weight=None,
    zero_division="warn",
):
    """Share of the true entities that are found.

    An entity is found if `y_pred` has one of the same type and with the same steps.

    Parameters
    ----------
    y_true, y_pred : list or array of n_sequences sequences of str
        As in `entity_f1_score`.
    scheme : {"IOB1", "IOB2", "BIO", "BIOES", "IOBES", "conlleval"}, default="IOB2"
        How labels mark entities, see `extract_entities`.
    average : {"micro", "macro", "weighted"} or None, default="micro"
        As in `entity_f1_score`.
    sample_weight : array-like of shape (n_sequences,), default=None
        How much the entities of each sequence count.
    zero_division : {"warn", 0, 1, np.nan}, default="warn"
        Recall where there is no true entity, as in `entity_f1_score`.

    Returns
    -------
    score : float, or ndarray of float of shape (n_types,)
        Between 0 and 1; an array if `average` is None.

    Raises
    ------
    ValueError, TypeError
        As `entity_f1_score` does.

    See Also
    --------
    entity_precision_score : Share of the predicted entities that are right.
    entity_f1_score : Both in one.

    Examples
    --------
    >>> from sklearn_rnn.metrics import entity_recall_score
    >>> y_true = [["B-PER", "I-PER", "O", "B-LOC"], ["B-LOC", "O", "B-PER"]]
    >>> y_pred = [["B-PER", "I-PER", "O", "O"], ["B-PER", "O", "O"]]
    >>> entity_recall_score(y_true, y_pred)
    0.25
    """
    counts = _count(y_true, y_pred, scheme, sample_weight)
    return _score("recall", counts, scheme, average, zero_division)


def entity_f1_score(
    y_true,
    y_pred,
    *,
    scheme="IOB2",
    average="micro",
    sample_weight=None,
    zero_division="warn",
):
    """Harmonic mean of the precision and the recall of entities.

    An entity is right if type and steps are, all of them; what overlaps is wrong.

    Parameters
    ----------
    y_true, y_pred : list or array of n_sequences sequences of str
        The true and the predicted labels. Each sequence is a list, tuple or array of
        str, of any length. In a list or array of shape (n_samples,) of labels, each of
        them is a sequence of one step.
    scheme : {"IOB1", "IOB2", "BIO", "BIOES", "IOBES", "conlleval"}, default="IOB2"
        How labels mark entities, see `extract_entities`. Choose "conlleval" to compare
        with published figures, most of which were computed so.
    average : {"micro", "macro", "weighted"} or None, default="micro"
        "micro" counts the entities of all types together; this is the usual figure.
        "macro" is the mean of the types, "weighted" their mean weighted by the number
        of true entities. None gives the score of each type, in the order of the
        alphabet. Types are those of the entities in `y_true` and `y_pred`.
    sample_weight : array-like of shape (n_sequences,), default=None
        How much the entities of each sequence count. Those of weight 0 do not add
        types either.
    zero_division : {"warn", 0, 1, np.nan}, default="warn"
        The score where there is no entity, neither true nor predicted. "warn" means 0
        with a warning. Averages leave out types with NaN.

    Returns
    -------
    score : float, or ndarray of float of shape (n_types,)
        Between 0 and 1; an array if `average` is None.

    Raises
    ------
    ValueError
        If `y_true` and `y_pred` differ in lengths (the error names the sequence), a
        label does not fit the scheme (the error names sequence and step), or a
        parameter has another value than those above.
    TypeError
        If `y_true` or `y_pred` is no list or array.

    Warns
    -----
    UndefinedMetricWarning
        If the score is undefined and `zero_division` is "warn".

    See Also
    --------
    extract_entities : The schemes, and a table of cases.
    entity_report : All scores of all types.

    References
    ----------
    Tjong Kim Sang and De Meulder, Introduction to the CoNLL-2003 shared task:
    language-independent named entity recognition, CoNLL 2003.

    Examples
    --------
    >>> from sklearn_rnn.metrics import entity_f1_score
    >>> y_true = [["B-PER", "I-PER", "O", "B-LOC"], ["B-LOC"]]
    >>> y_pred = [["B-PER", "I-PER", "O", "B-LOC"], ["B-PER"]]
    >>> round(entity_f1_score(y_true, y_pred), 3)
    0.667
    >>> entity_f1_score(y_true, y_pred, average=None).round(3)  # of LOC and PER
    array([0.667, 0.667])
    """
    counts = _count(y_true, y_pred, scheme, sample_weight)
    return _score("f1", counts, scheme, average, zero_division)


def entity_report(
    y_true,
    y_pred,
    *,
    scheme="IOB2",
    sample_weight=None,
    digits=3,
    output_dict=False,
    zero_division="warn",
):
    """Precision, recall and F1 of all types of entities, and their averages.

    The counterpart of :func:`~sklearn.metrics.classification_report`.

    Parameters
    ----------
    y_true, y_pred : list or array of n_sequences sequences of str
        As in `entity_f1_score`.
    scheme : {"IOB1", "IOB2", "BIO", "BIOES", "IOBES", "conlleval"}, default="IOB2"
        How labels mark entities, see `extract_entities`.
    sample_weight : array-like of shape (n_sequences,), default=None
        How much the entities of each sequence count, in the support, too.
    digits : int, default=3
        Number of digits behind the decimal point of the text.
    output_dict : bool, default=False
        Whether to return a dict instead of text.
    zero_division : {"warn", 0, 1, np.nan}, default="warn"
        As in `entity_f1_score`, for each of the scores.

    Returns
    -------
    report : str or dict
        Text with a line for each type and each average; or a dict from types and
        "micro avg", "macro avg" and "weighted avg" to dicts of "precision", "recall",
        "f1-score" and "support", which is the number of true entities.

    Raises
    ------
    ValueError, TypeError
        As `entity_f1_score` does.

    Warns
    -----
    UndefinedMetricWarning
        If a score is undefined and `zero_division` is "warn".

    Examples
    --------
    >>> from sklearn_rnn.metrics import entity_report
    >>> y_true = [["B-PER", "I-PER", "O", "B-LOC"], ["B-LOC", "O"]]
    >>> y_pred = [["B-PER", "I-PER", "O", "B-LOC"], ["B-LOC", "B-PER"]]
    >>> print(entity_report(y_true, y_pred))
                  precision    recall  f1-score   support
    <BLANKLINE>
             LOC      1.000     1.000     1.000         2
             PER      0.500     1.000     0.667         1
    <BLANKLINE>
       micro avg      0.750     1.000     0.857         3
       macro avg      0.750     1.000     0.833         3
    weighted avg      0.833     1.000     0.889         3
    <BLANKLINE>
    """
    check_number("digits", digits, Integral, 0)
    check_scalar(output_dict, "output_dict", (bool, np.bool_))
    counts = _count(y_true, y_pred, scheme, sample_weight)
    types, _, _, n_true = counts

    def scores(average):
        return [
            _score(name, counts, scheme, average, zero_division) for name in _SCORES
        ]

    columns = [column.tolist() for column in (*scores(None), n_true)]
    rows = dict(zip(types, zip(*columns, strict=True), strict=True))
    for average in ("micro", "macro", "weighted"):
        rows[f"{average} avg"] = (*scores(average), n_true.sum().item())
    heads = ("precision", "recall", "f1-score", "support")
    if output_dict:
        return {name: dict(zip(heads, row, strict=True)) for name, row in rows.items()}
    return _as_table(rows, heads, digits, n_averages=3)


def _as_table(rows, heads, digits, n_averages):
    """Text of a report, with a blank line in front of the averages."""
    width = max(map(len, rows))
    lines = [" " * width + " " + "".join(f" {head:>9}" for head in heads), ""]
    for name, (*scores, support) in rows.items():
        numbers = "".join(f" {score:>9.{digits}f}" for score in scores)
        lines.append(f"{name:>{width}} {numbers} {support:>9}")
    lines.insert(-n_averages, "")
    return "\n".join([*lines, ""])


def _read_weight(sample_weight, labels):
    """Weights (n_sequences,), or None."""
    if sample_weight is None:
        return None
    return _check_sample_weight(
        sample_weight, labels.lengths, dtype=np.float64, ensure_non_negative=True
    )


def _share(right, weight, unit):
    """Mean of booleans as a float; `unit` is what they are about."""
    total = len(right) if weight is None else weight.sum()
    if not total:
        weighted = "" if weight is None else " with positive sample_weight"
        raise ValueError(f"There is no {unit}{weighted}, so accuracy is undefined.")
    return float(np.average(right, weights=weight))


def _count(y_true, y_pred, scheme, sample_weight):
    """Types, and the counts of each: right, predicted and true entities."""
    scheme = check_scheme(scheme)
    labels = read_labels(y_true, y_pred)
    return count_entities(labels, scheme, _read_weight(sample_weight, labels))


# Numerator and denominator of each score, by counts of right, predicted, true entities.
_SCORES = {
    "precision": lambda right, pred, true: (right, pred),
    "recall": lambda right, pred, true: (right, true),
    "f1": lambda right, pred, true: (2 * right, pred + true),
}
_ABSENT = {"precision": "predicted", "recall": "true", "f1": "true or predicted"}


def _score(name, counts, scheme, average, zero_division):
    """One score, of every type or averaged."""
    known = average is None or isinstance(average, str)
    if not known or average not in ("micro", "macro", "weighted", None):
        raise ValueError(
            f"average must be 'micro', 'macro', 'weighted' or None, got {average!r}."
        )
    fallback = _read_zero_division(zero_division)
    types, *numbers = counts
    if average == "micro" or (average and not types):
        types, numbers = None, [number.sum(keepdims=True) for number in numbers]
    numerator, denominator = _SCORES[name](*numbers)
    defined = denominator > 0
    values = np.full(len(denominator), fallback)
    np.divide(numerator, denominator, out=values, where=defined)
    if zero_division == "warn" and not defined.all():
        _warn_undefined(name, types, defined, scheme)
    if average is None:
        return values
    weight = numbers[-1] if average == "weighted" else np.ones(len(values))
    return _average(values, weight)


def _average(values, weight):
    """Mean of what is a number, as a float; without weights if they are all zero."""
    there = ~np.isnan(values)
    if not there.any():
        return float("nan")
    values, weight = values[there], weight[there]
    return float(np.average(values, weights=weight if weight.any() else None))


def _read_zero_division(zero_division):
    """What stands for a score that is undefined."""
    if isinstance(zero_division, str) and zero_division == "warn":
        return 0.0
    if is_number(zero_division, Real) and (
        zero_division in (0, 1) or differs_from_itself(zero_division)
    ):
        return float(zero_division)
    raise ValueError(
        f"zero_division must be 'warn', 0, 1 or np.nan, got {zero_division!r}."
    )


def _warn_undefined(name, types, defined, scheme):
    """Warn that a score is undefined for some types, or if `types` is None, for all."""
    missing = [kind for kind, ok in zip(types or (), defined, strict=False) if not ok]
    of = f" of type {', '.join(missing)}" if missing else ""
    warn_user(
        f"{name.capitalize()} is undefined, and set to 0: by scheme={scheme!r} there "
        f"is no {_ABSENT[name]} entity{of}. Set zero_division to choose a value, and "
        "to silence this.",
        UndefinedMetricWarning,
    )


SCORERS = {
    "step_accuracy": make_scorer(step_accuracy_score),
    "sequence_accuracy": make_scorer(sequence_accuracy_score),
    "entity_precision": make_scorer(entity_precision_score),
    "entity_recall": make_scorer(entity_recall_score),
    "entity_f1": make_scorer(entity_f1_score),
    "entity_f1_iob1": make_scorer(entity_f1_score, scheme="IOB1"),
    "entity_f1_bioes": make_scorer(entity_f1_score, scheme="BIOES"),
    "entity_f1_conlleval": make_scorer(entity_f1_score, scheme="conlleval"),
    "neg_sequence_error_rate": make_scorer(
        sequence_error_rate, greater_is_better=False
    ),
    "neg_token_error_rate": make_scorer(token_error_rate, greater_is_better=False),
    "bleu": make_scorer(bleu_score),
}
"""Scorers for the parameter `scoring` of a grid search and the like, by their names.

They are "step_accuracy", "sequence_accuracy", "entity_precision", "entity_recall",
"entity_f1", "entity_f1_iob1", "entity_f1_bioes", "entity_f1_conlleval",
"neg_sequence_error_rate", "neg_token_error_rate" and "bleu". Those of entities read
labels as IOB2 unless they name another scheme. Pass one, as in
``scoring=SCORERS["entity_f1"]``, or several in a dict.
"""
