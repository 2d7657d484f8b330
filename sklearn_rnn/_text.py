"""Documents as tokens, tokens as features, and all of it as text again."""

from array import array
from collections import Counter, defaultdict
from collections.abc import Mapping
from itertools import count
from numbers import Integral, Real
from typing import NamedTuple

import numpy as np
from scipy import sparse

from sklearn_rnn._arrays import is_missing
from sklearn_rnn.sequences import Sequences, object_array, place_of
from sklearn_rnn.validation import numeric, read_layout

# Words with their inner apostrophes, numbers with their points and commas, and each
# other character that is no space by itself.
TOKEN_PATTERN = r"\w+(?:['’]\w+|(?<=\d)[.,]\d+)*|[^\w\s]"


class Tokens(NamedTuple):
    """Documents as numbers of their distinct tokens.

    A token may itself be a document, whose tokens are its features.
    """

    types: list  # (n_types,) the distinct tokens, in the order of their first use
    ids: np.ndarray  # (n_tokens,) which of them each token is
    lengths: np.ndarray  # (n_documents,)
    from_text: bool  # whether the first document was a string

    def incidence(self, columns=None, n_columns=None):
        """Which tokens a document has, as ones in a CSR (n_documents, n_columns).

        ``columns`` (n_types,) says where each token goes; None numbers them as here.
        """
        indices = self.ids if columns is None else columns[self.ids]
        n_columns = len(self.types) if columns is None else n_columns
        pointers = np.concatenate([[0], np.cumsum(self.lengths)])
        pointers = pointers.astype(np.int32 if len(indices) < 2**31 else np.int64)
        parts = (np.ones(len(indices), np.float32), indices.copy(), pointers)
        table = sparse.csr_array(parts, shape=(len(self.lengths), n_columns))
        table.sum_duplicates()
        table.data[:] = 1
        return table


def read_tokens(documents, tokenize, finish):
    """Every document as ``finish(tokenize(document, index))``."""
    number = defaultdict(count().__next__)  # a token unseen so far gets the next one
    ids, lengths, from_text = array("i"), array("q"), True
    for index, document in enumerate(documents):
        if not index:
            from_text = isinstance(document, str)
        tokens = finish(tokenize(document, index))
        ids.extend(map(number.__getitem__, tokens))
        lengths.append(len(tokens))
    ids, lengths = np.array(ids, np.int32), np.array(lengths, np.intp)
    return Tokens(list(number), ids, lengths, from_text)


def frequent(tokens, described, min_df, max_features, special):
    """The features that occur in enough documents, and often enough."""
    names = object_array(described.types)
    keep = np.array([name not in special for name in described.types], bool)
    n_documents = len(tokens.lengths)
    least = min_df if isinstance(min_df, Integral) else min_df * n_documents
    features = described.incidence()
    if least > 1:
        found = tokens.incidence() @ features
        keep &= np.bincount(found.indices, minlength=len(names)) >= least
    if max_features is not None and keep.sum() > max_features:
        counts = np.bincount(tokens.ids, minlength=len(tokens.types)) @ features
        # Equally frequent ones compete in the order of the alphabet.
        ranked = sorted(np.flatnonzero(keep), key=lambda i: (-counts[i], names[i]))
        keep[ranked[max_features:]] = False
    return names[keep]


def given_vocabulary(vocabulary):
    """The terms of a vocabulary that a user gives, in their order."""
    if isinstance(vocabulary, (set, frozenset)):
        vocabulary = sorted(vocabulary)
    terms = check_strings(vocabulary, "the vocabulary")
    if not terms:
        raise ValueError("empty vocabulary passed to fit")
    twice = [term for term, times in Counter(terms).items() if times > 1]
    if twice:
        raise ValueError(f"The vocabulary has terms more than once: {twice[:10]}.")
    if isinstance(vocabulary, Mapping):
        places = [vocabulary[term] for term in terms]
        numbers = all(isinstance(place, Real) for place in places)
        if not numbers or sorted(places) != list(range(len(terms))):
            raise ValueError(
                f"The indices of the vocabulary must be 0 to {len(terms) - 1}, each "
                "once."
            )
        terms = sorted(terms, key=vocabulary.__getitem__)
    return terms


def read_ids(X, n_features):
    """Token numbers (n_tokens,) and lengths (n_documents,) of what X holds."""
    shape = (len(X),) if isinstance(X, (list, tuple)) else getattr(X, "shape", ())
    if 0 in shape[:2]:  # no documents, or none with a token
        return np.empty(0, int), np.zeros(shape[0], int)
    sequences, shape = read_layout(X)
    values = sequences.values
    one_number = sequences.n_features == 1 and not isinstance(X, Sequences)
    if one_number and (shape is None or len(shape) == 2):
        ids = values[:, 0]
        if len(ids) and (ids.dtype.kind not in "iu"):
            raise ValueError(f"Token numbers must be integers, got {ids.dtype}.")
        if len(ids) and not 0 <= ids.min() <= ids.max() < n_features:
            raise ValueError(
                f"Token numbers must be 0 to {n_features - 1}, got {ids.min()} to "
                f"{ids.max()}."
            )
        return ids.astype(int), sequences.lengths
    if sequences.n_features != n_features:
        raise ValueError(
            f"X has {sequences.n_features} features per step, but the vocabulary has "
            f"{n_features}."
        )
    if not sparse.issparse(values):
        values = numeric(sequences, "X").values
        return values.argmax(axis=1), sequences.lengths
    counts = np.diff(values.indptr)
    if (counts != 1).any():
        row = int(np.argmax(counts != 1))
        place = place_of(sequences.lengths, row)
        raise ValueError(f"X is not one-hot in {place}: it has {counts[row]} entries.")
    return values.indices, sequences.lengths


def check_documents(documents):
    """Raise if this is not one document after another."""
    kind = type(documents).__name__
    if isinstance(documents, (str, bytes)):
        raise ValueError(
            "Iterable over raw text documents or lists of tokens expected, "
            f"{kind} object received. Put a single document into a list."
        )
    if hasattr(documents, "columns"):
        raise TypeError(
            f"Documents must be one column of the {kind}, which has the columns "
            f"{list(documents.columns)}."
        )
    if (
        isinstance(documents, (dict, set, frozenset, Sequences))
        or sparse.issparse(documents)
        or not hasattr(documents, "__iter__")
        or getattr(documents, "ndim", 1) == 0
    ):
        raise TypeError(
            "Iterable over raw text documents or lists of tokens expected, "
            f"{kind} object received."
        )


def is_listing(document):
    """Whether a document is a list of tokens, or an array or series of them."""
    if isinstance(document, (list, tuple)):
        return True
    return hasattr(document, "tolist") and getattr(document, "ndim", 0) == 1


def has_items(value):
    """Whether a value is a list or an array, rather than a token or a label."""
    return is_listing(value) or getattr(value, "ndim", 0) > 0


def check_strings(items, where):
    """Items as a list, all of them strings."""
    if isinstance(items, (str, bytes)) or not np.iterable(items):
        raise TypeError(
            f"A list of strings is needed for {where}, got {_describe(items)}."
        )
    items = items.tolist() if hasattr(items, "tolist") else list(items)
    for place, item in enumerate(items):
        if not isinstance(item, str):
            raise TypeError(
                f"Item {place} of {where} is {_describe(item)}, where a string is "
                "needed."
            )
    return items


def document_error(document, index):
    """The error for a document that is neither text nor a list of tokens."""
    advice = "Documents must be strings, or lists of tokens that are strings."
    if isinstance(document, bytes):
        advice = "Decode it first, for example by document.decode('utf-8')."
    elif is_missing(document):
        advice = "Fill in missing documents first, for example with the empty string."
    return TypeError(f"Document {index} is {_describe(document)}. {advice}")


def _describe(value):
    """Words for a value that is not what it should be."""
    text = repr(value)
    if is_missing(value):
        return text
    return f"the {type(value).__name__} {text if len(text) <= 40 else text[:40] + '…'}"


_CLOSING = {*".,;:!?)]}%…»”’"}  # no space in front of them
_OPENING = {*"([{«“‘¿¡$£€#@"}  # nor behind these
_INNER = {*"-/"}  # nor on either side of these


def join_words(tokens):
    """Write word tokens as a line of text, with spaces where a writer would put them.

    >>> join_words(["he", "said", ":", '"', "well", "-", "made", "!", '"'])
    'he said: "well-made!"'
    """
    return "".join(word_pieces(tokens))


def word_pieces(tokens):
    """Yield each token with the space in front of it, if there is one."""
    glued, quoted = True, False
    for token in tokens:
        is_quote = token == '"'
        closes = token in _CLOSING | _INNER or (is_quote and quoted)
        yield token if glued or closes else f" {token}"
        quoted ^= is_quote
        glued = token in _OPENING | _INNER or (is_quote and quoted)
