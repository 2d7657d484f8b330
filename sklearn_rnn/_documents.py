"""What is read with a vectorizer inside, and what a generator writes."""

from itertools import chain, islice
from types import FunctionType

import joblib
import numpy as np
from scipy import sparse
from sklearn.base import clone

from sklearn_rnn._arrays import naming
from sklearn_rnn._autoregression import one_hot
from sklearn_rnn._text import (
    check_documents,
    is_listing,
    join_words,
    read_tokens,
    word_pieces,
)
from sklearn_rnn._warning import warn_user
from sklearn_rnn.sequences import Sequences
from sklearn_rnn.validation import dtype_kind
from sklearn_rnn.vectorizer import SequenceVectorizer


def holds_text(X):
    """Whether X is text: a string, or a listing with strings or lists of them."""
    if isinstance(X, str):
        return True
    if hasattr(X, "columns") and isinstance(next(iter(np.ravel(X)), None), str):
        check_documents(X)  # which says that they are one column
    if isinstance(X, Sequences) or sparse.issparse(X) or hasattr(X, "columns"):
        return False
    if not isinstance(X, (list, tuple)):
        if not hasattr(X, "dtype") or np.ndim(X) not in (1, 2):
            return False
        if dtype_kind(X) in set("biufc"):
            return False
    return any(_is_text(document) for document in X)


def _is_text(document):
    if isinstance(document, (str, bytes)):
        return True
    if not is_listing(document) or not len(document):
        return False
    return isinstance(next(iter(document)), (str, bytes))


def holds_nothing(X):
    """Whether X lists nothing but empty lists: maybe documents without tokens."""
    if isinstance(X, Sequences) or hasattr(X, "columns") or sparse.issparse(X):
        return False
    if not hasattr(X, "__iter__") or getattr(X, "ndim", 1) == 0:
        return False
    return all(is_listing(x) and not len(x) for x in X)


def as_documents(X):
    """One text as a list of one document."""
    return [X] if isinstance(X, str) else X


WRITES = dict(add_sos=False, add_eos=False, output="sequences", token_features=None)
READS = dict(output="sequences")


def new_vectorizer(estimator, parameter="vectorizer", needed=WRITES):
    """A clone of a vectorizer of an estimator: by default of one that writes."""
    vectorizer = getattr(estimator, parameter)
    if vectorizer is None:
        return SequenceVectorizer(analyzer="char")
    if not isinstance(vectorizer, SequenceVectorizer):
        raise TypeError(
            f"{parameter} must be a SequenceVectorizer, got {vectorizer!r}."
        )
    for name, value in needed.items():
        if getattr(vectorizer, name) != value:
            adds = "; it adds start and end itself" * name.startswith("add_")
            raise ValueError(
                f"{type(estimator).__name__} needs a {parameter} with {name}={value!r},"
                f" got {getattr(vectorizer, name)!r}{adds}."
            )
    return clone(vectorizer)


def check_same_vectorizer(estimator, fitted, parameter="vectorizer", needed=WRITES):
    """Raise if a parameter stands for another vectorizer than the fitted one.

    An estimator that goes on keeps its tokens, so that another could not take effect.
    """
    if fitted is None:
        return
    before = fitted.get_params()
    now = new_vectorizer(estimator, parameter, needed).get_params()
    changed = [name for name in now if not _alike(now[name], before[name])]
    if changed:
        names = ", ".join(f"{parameter}__{name}" for name in changed)
        raise ValueError(
            f"{names} changed since the estimator was fitted, so that it cannot go on. "
            "Set warm_start=False, or take a clone."
        )


def _alike(one, other):
    """Whether two values of a parameter are the same, or copies of the same."""
    if hasattr(one, "__array__") or hasattr(other, "__array__"):
        return np.array_equal(one, other)
    if one is other or one == other:
        return True
    if not callable(one) or type(one) is not type(other):
        return False
    try:
        return joblib.hash(one) == joblib.hash(other)
    except Exception:  # it holds what cannot be hashed, such as a lambda
        return not isinstance(one, FunctionType)


def warn_of_unused(estimator, data, parameter="vectorizer"):
    """Warn of a vectorizer that is given for data, X or y, which are no text."""
    if getattr(estimator, parameter) is not None:
        warn_user(
            f"{parameter} is not used: it cuts text into tokens, but {data} is numbers."
        )


def read_documents(estimator, documents, vectorizer, *, reset):
    """Text, or lists of tokens, as one-hot `Sequences` of floats.

    If ``reset``, the vectorizer is fitted, and the estimator remembers its features.
    """
    if vectorizer is None:
        raise TypeError(
            f"This {type(estimator).__name__} was fitted to steps, not to text: put X "
            "through the transformers that are in front of it, as in "
            "pipeline[:-1].transform(X)."
        )
    if reset:
        sequences = vectorizer.fit_transform(documents)
        estimator.n_features_in_ = estimator.n_step_features_ = sequences.n_features
        estimator.step_feature_names_ = sequences.feature_names
        estimator.fixed_length_ = None
        vars(estimator).pop("feature_names_in_", None)
    else:
        sequences = vectorizer.transform(documents)
    if not len(sequences):
        raise ValueError(
            "Found array with 0 sample(s) while a minimum of 1 is required by "
            f"{type(estimator).__name__}: there are no documents."
        )
    if sequences.dtype.kind == "f":
        return sequences
    values = sequences.values.astype(np.float64)
    return sequences.with_values(values, sequences.feature_names)


def refuse_numbers(estimator, X):
    """Raise: the estimator learned from text, and X is none."""
    raise TypeError(
        f"This {type(estimator).__name__} was fitted to text, or lists of tokens, but "
        f"X is {type(X).__name__} without any."
    )


class Documents:
    """Reads and writes the tokens of a fitted generator."""

    def __init__(self, estimator):
        self.estimator, self.vectorizer = estimator, estimator.vectorizer_
        self.from_text = self.vectorizer is not None and self.vectorizer.from_text_
        self.of_characters = self.from_text and self.vectorizer.analyzer == "char"
        self.join = list
        if self.from_text:
            self.join = "".join if self.of_characters else join_words

    def is_one(self, prefix):
        """Whether this is one prefix, rather than several."""
        if prefix is None or isinstance(prefix, str):
            return True
        flat = isinstance(prefix, (list, tuple)) and len(prefix) > 0
        in_tokens = self.vectorizer is not None and not self.from_text
        return in_tokens and flat and all(isinstance(token, str) for token in prefix)

    def prefixes(self, prefix):
        """Prefixes as lists of numbers, and as lists of what they are written with."""
        if prefix is None:
            return [[]], [[]]
        if self.vectorizer is not None:
            prefixes = [prefix] if self.is_one(prefix) else prefix
            return self._of_text(prefixes)
        with naming("prefix"):
            steps, lengths = self.estimator._read_steps(prefix)
        ids = np.split(steps, np.cumsum(lengths)[:-1])
        return [[part.tolist() for part in ids]] * 2

    def _of_text(self, documents):
        """Read text, or lists of tokens.

        A token that was never seen is an error, unless training had unknown ones.
        """
        check_documents(documents)
        vectorizer = self.vectorizer
        read = read_tokens(documents, vectorizer._tokenizer(), list)
        unknown = vectorizer.vocabulary_[vectorizer.unk_token]
        numbers = [vectorizer.vocabulary_.get(token, unknown) for token in read.types]
        ids = [numbers[i] for i in read.ids]
        words = [read.types[i] for i in read.ids]
        ends = np.cumsum(read.lengths).tolist()
        spans = list(zip([0, *ends], ends, strict=False))
        for i, (start, end) in enumerate(spans):
            longest = vectorizer.max_length
            if longest is not None and end - start > longest:
                raise ValueError(
                    f"Prefix {i} has {end - start} tokens, more than max_length="
                    f"{longest} of the vectorizer, at which training was cut off."
                )
            if unknown in ids[start:end] and not self.estimator._knows_unknown:
                place = ids.index(unknown, start)
                raise ValueError(
                    f"Token {place - start} of prefix {i}, {words[place]!r}, is not in "
                    "the training data, so that nothing is known of what follows it."
                )
        return [ids[a:b] for a, b in spans], [words[a:b] for a, b in spans]

    def stops(self, stop):
        """Where samples end, as tuples of numbers."""
        if stop is None:
            return ()
        if self.vectorizer is None:
            raise ValueError("stop is for text and for lists of tokens.")
        found = []
        for one in [stop] if isinstance(stop, str) else stop:
            if not isinstance(one, str):
                raise ValueError(f"stop must be strings, got {one!r}.")
            tokens = self.vectorizer._tokenizer()(one, 0) if self.from_text else [one]
            unknown = [t for t in tokens if t not in self.vectorizer.vocabulary_]
            if unknown or not tokens:
                why = f"the training data lack {unknown}" if unknown else "it is empty"
                raise ValueError(f"stop={one!r} can never be generated: {why}.")
            found.append(tuple(self.vectorizer.vocabulary_[token] for token in tokens))
        return tuple(found)

    def write(self, before, new):
        """Documents of prefixes and the numbers of the tokens that follow them."""
        if self.vectorizer is not None:
            names = self.estimator.outcomes_.tolist()
            return [
                self.join([*words, *(names[t] for t in tokens)])
                for words, tokens in zip(before, new, strict=True)
            ]
        tokens = [[*a, *b] for a, b in zip(before, new, strict=True)]
        lengths = [len(part) for part in tokens]
        ids = np.array([t for part in tokens for t in part], np.int32)
        n = self.estimator.n_step_features_
        values = one_hot(ids, n, self.estimator.theta_.dtype)
        return Sequences(values, lengths, self.estimator.step_feature_names_)

    def pieces(self, words, tokens):
        """Yield what each token adds to a document."""
        names, end = self.estimator.outcomes_, self.estimator.n_step_features_
        if not self.from_text:
            yield from (names[token] for token in tokens if token != end)
            return
        written = chain(words, (names[token] for token in tokens if token != end))
        pieces = written if self.of_characters else word_pieces(written)
        yield from islice(pieces, len(words), None)
