"""Text to sequences of tokens, and back."""

import re
import warnings
from collections.abc import Mapping
from itertools import groupby, islice
from numbers import Integral

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from sklearn_rnn._callbacks import as_one_task
from sklearn_rnn._compat import (
    CallbackSupportMixin,
    Interval,
    RealNotInt,
    StrOptions,
    _fit_context,
)
from sklearn_rnn._state import FormattedState
from sklearn_rnn._text import (
    TOKEN_PATTERN,
    check_documents,
    check_strings,
    document_error,
    frequent,
    given_vocabulary,
    is_listing,
    join_words,
    read_ids,
    read_tokens,
)
from sklearn_rnn._warning import warn_user
from sklearn_rnn.sequences import Sequences, object_array
from sklearn_rnn.steps import ArrayOutput


def affix_features(token, max_prefix=3, max_suffix=4):
    """Describe a word by itself, its lower case, its ends and its shape.

    Meant for the parameter `token_features` of `SequenceVectorizer`: a word that was
    never seen still has an ending and a shape. Keep the case of the text for it, that
    is, set ``lowercase=False``.

    Parameters
    ----------
    token : str
        The word.
    max_prefix : int, default=3
        Length of the longest beginning.
    max_suffix : int, default=4
        Length of the longest ending.

    Returns
    -------
    features : list of str
        The word; its lower case, if that differs; its beginnings and endings in lower
        case, as far as they are shorter than the word; and its shape, where X stands
        for a run of capitals, x of other letters and d of digits.

    References
    ----------
    Ratnaparkhi, A maximum entropy model for part-of-speech tagging, EMNLP 1996.

    Examples
    --------
    >>> from sklearn_rnn.vectorizer import affix_features
    >>> affix_features("Odd", max_prefix=1, max_suffix=2)
    ['Odd', 'odd', 'prefix=o', 'suffix=d', 'suffix=dd', 'shape=Xx']
    """
    lower = token.lower()
    longest = len(lower) - 1
    kinds = (
        "d" if c.isdigit() else "X" if c.isupper() else "x" if c.isalpha() else c
        for c in token
    )
    shape = "".join(kind for kind, _ in groupby(kinds))
    return [
        *dict.fromkeys([token, lower]),
        *(f"prefix={lower[:n]}" for n in range(1, min(max_prefix, longest) + 1)),
        *(f"suffix={lower[-n:]}" for n in range(1, min(max_suffix, longest) + 1)),
        f"shape={shape}",
    ]


class SequenceVectorizer(
    ArrayOutput,
    TransformerMixin,
    FormattedState,
    CallbackSupportMixin,
    BaseEstimator,
    auto_wrap_output_keys=None,
):
    r"""Turn documents into sequences of tokens, and sequences back into text.

    What :class:`~sklearn.feature_extraction.text.CountVectorizer` is for bags of words,
    with the same parameters where they mean the same. Each token is one step, by
    default a sparse one-hot vector: twelve bytes, however large the vocabulary.

    Parameters
    ----------
    analyzer : {"word", "char"} or callable, default="word"
        What a token is. A callable gets the raw document, whatever that is, and returns
        its list of tokens.

    tokenizer : callable, default=None
        Cuts a preprocessed document into words, instead of `token_pattern`.

    token_pattern : str or None, default=r"\w+(?:['’]\w+|(?<=\d)[.,]\d+)*|[^\w\s]"
        Regular expression of a word. Unlike that of `CountVectorizer`, the default
        keeps punctuation and words of one letter, which sequences need ("I", "a", "?"),
        apostrophes within words ("don't") and points within numbers ("3.5").
        ``r"(?u)\b\w\w+\b"`` is the one of `CountVectorizer`; ``r"\S+"`` splits at
        white space. None is for a `tokenizer`, which does not read it.

    lowercase : bool or "auto", default="auto"
        Whether to convert text to lower case. "auto" does so with words but not with
        characters, which then come back exactly.

    strip_accents : {"ascii", "unicode"} or callable, default=None
        How to remove accents, as in `CountVectorizer`.

    preprocessor : callable, default=None
        Text to text, instead of `lowercase` and `strip_accents`.

    token_features : callable, default=None
        Gives a list of features for a token, for example `affix_features`. A step is
        then a multi-hot vector, and a word that was never seen is described by the
        features that were. None means that the token is its own feature.

    max_features : int, default=None
        Keep only so many features, the most frequent ones.

    min_df : int or float, default=1
        Keep only features that occur in so many documents, or in so large a share of
        them. The others become `unk_token`.

    vocabulary : array-like of str, set of str, or mapping of str -> int, default=None
        The features, in their order (of a set, that of the alphabet), or with their
        indices from 0 without a gap; `max_features` and `min_df` leave them alone.
        Special tokens that are missing are put in front, which moves the others. None
        learns the features.

    max_length : int, default=None
        Longest sequence, `sos_token` and `eos_token` included. With `output` "ids" or
        "onehot" it is the width of the result, too, which otherwise is the length of
        the longest document at hand.

    truncating : {"post", "pre"}, default="post"
        Which end of a longer document is cut off, before anything is learned from it.

    padding : {"post", "pre"}, default="post"
        At which end `output` "ids" and "onehot" put `pad_token`.

    add_sos, add_eos : bool, default=False
        Whether to put `sos_token` in front of each document, `eos_token` behind. By
        default the steps are aligned with the tokens.

    pad_token, unk_token, sos_token, eos_token : str
        Names of padding (feature 0, by default "<pad>"), of all that is unknown (1,
        "<unk>"), of the start (2, if added, "<sos>") and of the end ("<eos>"), unless
        `vocabulary` has them elsewhere. In lists of tokens they stand for themselves.

    output : {"sequences", "ids", "onehot"}, default="sequences"
        `Sequences` of sparse steps, which the recurrent estimators read and never pad;
        a padded array of token numbers, for other libraries (as X of an estimator here
        they would be read as quantities); or a dense padded array.

    dtype : dtype, default=np.float32
        Of the steps. Recurrent estimators compute in float32 if it is that, else in
        float64.

    Attributes
    ----------
    vocabulary_ : dict of str -> int
        Index of each feature.

    from_text_ : bool
        Whether the first document of `fit` was a string rather than a list of tokens.

    See Also
    --------
    RNNClassifier : Takes what this gives.
    sklearn.feature_extraction.text.CountVectorizer : Forgets the order.

    Notes
    -----
    Documents that come as lists of tokens are taken as they are: no lower case, no
    accents stripped. Those that come as text may be mixed with them.

    A step with any feature that is not in the vocabulary has `unk_token` in its place,
    so a document of unknown words only is a sequence of `unk_token`. If `min_df` is 1,
    nothing in the training data is unknown, and nothing is learned about `unk_token`.

    An empty document is a sequence without steps; a recurrent estimator gives it the
    answer of its initial state.

    Examples
    --------
    >>> from sklearn_rnn import SequenceVectorizer
    >>> words = SequenceVectorizer()
    >>> X = words.fit_transform(["I like it!", "You don't."])
    >>> X
    Sequences(shape=(2, 4, 9), n_steps=7, dtype=float32, sparse)
    >>> words.get_feature_names_out()
    array(['<pad>', '<unk>', '!', '.', "don't", 'i', 'it', 'like', 'you'], dtype=object)
    >>> words.inverse_transform(X)
    ['i like it!', "you don't."]
    >>> SequenceVectorizer(analyzer="char", output="ids").fit_transform(["Bob", "Jo"])
    array([[2, 5, 4],
           [3, 5, 0]])
    """

    _parameter_constraints = {
        "analyzer": [StrOptions({"word", "char"}), callable],
        "tokenizer": [callable, None],
        "token_pattern": [str, None],
        "lowercase": ["boolean", StrOptions({"auto"})],
        "strip_accents": [StrOptions({"ascii", "unicode"}), callable, None],
        "preprocessor": [callable, None],
        "token_features": [callable, None],
        "max_features": [Interval(Integral, 1, None, closed="left"), None],
        "min_df": [
            Interval(Integral, 1, None, closed="left"),
            Interval(RealNotInt, 0, 1, closed="both"),
        ],
        "vocabulary": ["array-like", Mapping, set, None],
        "max_length": [Interval(Integral, 1, None, closed="left"), None],
        "truncating": [StrOptions({"post", "pre"})],
        "padding": [StrOptions({"post", "pre"})],
        "add_sos": ["boolean"],
        "add_eos": ["boolean"],
        "pad_token": [str],
        "unk_token": [str],
        "sos_token": [str],
        "eos_token": [str],
        "output": [StrOptions({"sequences", "ids", "onehot"})],
        "dtype": "no_validation",
    }

    def __init__(
        self,
        *,
        analyzer="word",
        tokenizer=None,
        token_pattern=TOKEN_PATTERN,
        lowercase="auto",
        strip_accents=None,
        preprocessor=None,
        token_features=None,
        max_features=None,
        min_df=1,
        vocabulary=None,
        max_length=None,
        truncating="post",
        padding="post",
        add_sos=False,
        add_eos=False,
        pad_token="<pad>",
        unk_token="<unk>",
        sos_token="<sos>",
        eos_token="<eos>",
        output="sequences",
        dtype=np.float32,
    ):
        self.analyzer = analyzer
        self.tokenizer = tokenizer
        self.token_pattern = token_pattern
        self.lowercase = lowercase
        self.strip_accents = strip_accents
        self.preprocessor = preprocessor
        self.token_features = token_features
        self.max_features = max_features
        self.min_df = min_df
        self.vocabulary = vocabulary
        self.max_length = max_length
        self.truncating = truncating
        self.padding = padding
        self.add_sos = add_sos
        self.add_eos = add_eos
        self.pad_token = pad_token
        self.unk_token = unk_token
        self.sos_token = sos_token
        self.eos_token = eos_token
        self.output = output
        self.dtype = dtype

    @_fit_context(prefer_skip_nested_validation=True)
    @as_one_task
    def fit(self, X, y=None):
        """Learn the vocabulary.

        Parameters
        ----------
        X : iterable of str or of list of str
            Documents.
        y : Ignored
            Present by convention.

        Returns
        -------
        self : SequenceVectorizer
            The fitted vectorizer.

        Raises
        ------
        ValueError
            If the vocabulary is empty, a special token is named twice, or parameters
            contradict each other.
        TypeError
            If a document is bytes, missing, or not text; the message names it.

        Examples
        --------
        Words that occur in one document only are left to `unk_token`:

        >>> from sklearn_rnn import SequenceVectorizer
        >>> words = SequenceVectorizer(min_df=2).fit(["a black cat", "a white cat"])
        >>> words.vocabulary_
        {'<pad>': 0, '<unk>': 1, 'a': 2, 'cat': 3}
        """
        tokens = self._read(X)
        self._learn(tokens, self._described(tokens))
        return self

    @_fit_context(prefer_skip_nested_validation=True)
    @as_one_task
    def fit_transform(self, X, y=None):
        """Learn the vocabulary, and return the documents as sequences.

        Parameters
        ----------
        X : iterable of str or of list of str
            Documents.
        y : Ignored
            Present by convention.

        Returns
        -------
        sequences : Sequences or ndarray
            As `transform` gives them.

        Raises
        ------
        ValueError, TypeError
            As `fit`.

        Examples
        --------
        As numbers, padded, for other libraries:

        >>> from sklearn_rnn import SequenceVectorizer
        >>> words = SequenceVectorizer(output="ids", add_eos=True)
        >>> words.fit_transform(["a cat", "a black cat"])
        array([[3, 5, 2, 0],
               [3, 4, 5, 2]])
        >>> words.get_feature_names_out()
        array(['<pad>', '<unk>', '<eos>', 'a', 'black', 'cat'], dtype=object)
        """
        tokens = self._read(X)
        described = self._described(tokens)
        self._learn(tokens, described)
        return self._vectorize(tokens, described)

    def transform(self, X):
        """Return documents as sequences.

        Parameters
        ----------
        X : iterable of str or of list of str
            Documents, which may be none.

        Returns
        -------
        sequences : Sequences of shape (n_documents, length, n_features), ndarray of \
                int of shape (n_documents, length), or ndarray of shape \
                (n_documents, length, n_features)
            As `output` says.

        Raises
        ------
        NotFittedError
            If the vectorizer has no vocabulary yet.
        ValueError
            If `fit` did not know a special token that the parameters name now.
        TypeError
            If a document is bytes, missing, or not text; the message names it.

        Warns
        -----
        UserWarning
            If documents are text where they were lists of tokens in `fit`, or lists
            where they were text: the same words may be read as others.

        Examples
        --------
        >>> from sklearn_rnn import SequenceVectorizer
        >>> words = SequenceVectorizer().fit(["a black cat", "a white cat"])
        >>> X = words.transform(["A cat", "a red cat", ""])
        >>> X.lengths, X.n_features
        (array([2, 3, 0]), 6)
        >>> words.inverse_transform(X)
        ['a cat', 'a <unk> cat', '']
        """
        check_is_fitted(self, "vocabulary_")
        tokens = self._read(X)
        if len(tokens.ids) and tokens.from_text != self.from_text_:
            kinds = ["lists of tokens", "text"]
            warn_user(
                f"Documents are {kinds[tokens.from_text]}, but were "
                f"{kinds[self.from_text_]} in fit. Lists of tokens are taken as they "
                "are, text is cut into tokens and, by default, turned to lower case. "
                "(A single document belongs into a list.)",
            )
        return self._vectorize(tokens, self._described(tokens))

    def inverse_transform(self, X):
        """Turn sequences back into documents.

        Parameters
        ----------
        X : Sequences, or array-like of shape (n_documents, length) or \
                (n_documents, length, n_features), or list of array-like
            One-hot steps, or token numbers. Of dense steps, such as probabilities, the
            largest value counts.

        Returns
        -------
        documents : list of str, or list of list of str
            Text if `fit` saw text: characters joined as they are; words with spaces
            between them, but none in front of a comma, after an opening bracket and so
            on. Otherwise lists of tokens. Padding, start and end are left out.

        Raises
        ------
        NotFittedError
            If the vectorizer has no vocabulary yet.
        ValueError
            If X has other features, or `token_features` made the steps, from which a
            token cannot be told.

        Examples
        --------
        Of probabilities, the most probable tokens:

        >>> from sklearn_rnn import SequenceVectorizer
        >>> letters = SequenceVectorizer(analyzer="char", vocabulary=["a", "b"]).fit([])
        >>> p = [[0.0, 0.0, 0.9, 0.1], [0.0, 0.1, 0.3, 0.6]]  # of <pad>, <unk>, a, b
        >>> letters.inverse_transform([p])
        ['ab']
        >>> letters.inverse_transform([[2, 2, 3, 0]])
        ['aab']
        """
        check_is_fitted(self, "vocabulary_")
        if self.token_features is not None:
            raise ValueError(
                "inverse_transform cannot tell tokens from their token_features."
            )
        ids, lengths = read_ids(X, len(self.vocabulary_))
        silent = {*self._special_tokens()} - {self.unk_token}
        join = list
        if self.from_text_:
            join = "".join if self.analyzer == "char" else join_words
        tokens, documents = iter(self._names[ids].tolist()), []
        for length in lengths.tolist():
            document = islice(tokens, length)
            documents.append(join([token for token in document if token not in silent]))
        return documents

    def get_feature_names_out(self, input_features=None):
        """Names of the features of a step, by index.

        Parameters
        ----------
        input_features : Ignored
            Present by convention.

        Returns
        -------
        names : ndarray of object of shape (n_features,)
            Tokens, or what `token_features` gave; special tokens first.

        Raises
        ------
        NotFittedError
            If the vectorizer has no vocabulary yet.

        Examples
        --------
        >>> from sklearn_rnn import SequenceVectorizer
        >>> letters = SequenceVectorizer(analyzer="char", add_sos=True).fit(["abba"])
        >>> letters.get_feature_names_out()
        array(['<pad>', '<unk>', '<sos>', 'a', 'b'], dtype=object)
        """
        check_is_fitted(self, "vocabulary_")
        return self._names.copy()

    def build_analyzer(self):
        """Return the callable that cuts a text into tokens.

        Returns
        -------
        analyzer : callable
            Text to list of tokens, before truncation and special tokens.

        Examples
        --------
        It needs no `fit`:

        >>> from sklearn_rnn import SequenceVectorizer
        >>> SequenceVectorizer().build_analyzer()("I don't, at 3.5!")
        ['i', "don't", ',', 'at', '3.5', '!']
        >>> SequenceVectorizer(analyzer="char").build_analyzer()("Hi!")
        ['H', 'i', '!']
        """
        if callable(self.analyzer):
            return self.analyzer
        cuts_words = self.analyzer == "word" and self.tokenizer is None
        if cuts_words and self.token_pattern is None:
            raise ValueError("token_pattern=None needs a tokenizer, which cuts words.")
        from sklearn.feature_extraction.text import CountVectorizer  # slow to import

        lowercase = self.lowercase
        words = CountVectorizer(
            lowercase=self.analyzer == "word" if lowercase == "auto" else lowercase,
            strip_accents=self.strip_accents,
            preprocessor=self.preprocessor,
            tokenizer=self.tokenizer,
            token_pattern=self.token_pattern,
        )
        preprocess = words.build_preprocessor()
        try:
            cut = list if self.analyzer == "char" else words.build_tokenizer()
        except re.error as error:
            raise ValueError(
                f"token_pattern is no regular expression: {error}"
            ) from error
        return lambda text: cut(preprocess(text))

    def _tokenizer(self):
        """The callable (document, its index) -> list of tokens that are strings."""
        analyze = self.build_analyzer()
        raw = callable(self.analyzer)
        own = (self.tokenizer, self.preprocessor, self.strip_accents)
        checked = raw or any(callable(part) for part in own)

        def tokenize(document, index):
            if isinstance(document, str) or raw:
                tokens = analyze(document)
                return check_strings(tokens, f"document {index}") if checked else tokens
            if not is_listing(document):
                raise document_error(document, index)
            return check_strings(document, f"document {index}")

        return tokenize

    def _special_tokens(self):
        """Special tokens in use."""
        tokens = [self.pad_token, self.unk_token]
        tokens += [self.sos_token] * bool(self.add_sos)
        tokens += [self.eos_token] * bool(self.add_eos)
        if len({*tokens}) < len(tokens):
            raise ValueError(f"Special tokens must have different names, got {tokens}.")
        return tokens

    def _framer(self):
        """The callable that truncates a list of tokens and adds start and end."""
        sos = [self.sos_token] * bool(self.add_sos)
        eos = [self.eos_token] * bool(self.add_eos)
        if self.max_length is None and not sos and not eos:
            return list
        room = None
        if self.max_length is not None:
            room = self.max_length - len(sos) - len(eos)
            if room < 1:
                raise ValueError(
                    f"max_length={self.max_length} leaves no room for a token beside "
                    f"{[*sos, *eos]}."
                )

        def frame(tokens):
            if room is not None and len(tokens) > room:
                cut = slice(room) if self.truncating == "post" else slice(-room, None)
                tokens = tokens[cut]
            return [*sos, *tokens, *eos]

        return frame

    def _read(self, documents):
        check_documents(documents)
        if self.output == "ids" and self.token_features is not None:
            raise ValueError(
                "output='ids' gives one number a token, but token_features gives "
                "several features."
            )
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")  # "a" is no longer a name
                dtype = np.dtype(self.dtype)
            known = dtype.char in "?bhilqBHILQfd" and dtype.isnative
        except (TypeError, ValueError, Warning):
            known = False
        if not known:
            raise ValueError(
                "dtype must be float32, float64, integer or boolean, got "
                f"{self.dtype!r}."
            )
        return read_tokens(documents, self._tokenizer(), self._framer())

    def _described(self, tokens):
        """The distinct tokens as lists of features."""
        special = {*self._special_tokens()}

        def describe(token, index):
            if self.token_features is None or token in special:
                return (token,)
            return check_strings(
                self.token_features(token), f"the features of {token!r}"
            )

        return read_tokens(tokens.types, describe, list)

    def _learn(self, tokens, described):
        """Set the vocabulary."""
        special = self._special_tokens()
        if self.vocabulary is not None:
            terms = given_vocabulary(self.vocabulary)
        else:
            terms = sorted(
                {*frequent(tokens, described, self.min_df, self.max_features, special)}
            )
            if not terms:
                raise ValueError(
                    f"empty vocabulary: {len(tokens.lengths)} documents have "
                    f"{len(described.types)} different features, and none of them "
                    f"occurs in min_df={self.min_df} documents."
                )
        missing = [token for token in special if token not in {*terms}]
        self.vocabulary_ = {term: i for i, term in enumerate([*missing, *terms])}
        self._names = object_array(self.vocabulary_)
        self.from_text_ = tokens.from_text

    def _vectorize(self, tokens, described):
        """Documents in the form that `output` names."""
        changed = [x for x in self._special_tokens() if x not in self.vocabulary_]
        if changed:
            raise ValueError(
                f"{changed} are special tokens that fit did not know: fit again after "
                "such a change of parameters."
            )
        unknown = self.vocabulary_[self.unk_token]
        columns = [self.vocabulary_.get(name, unknown) for name in described.types]
        table = described.incidence(np.array(columns, np.int32), len(self.vocabulary_))
        values = table.astype(self.dtype)[tokens.ids]
        if self.output == "sequences":
            return Sequences(values, tokens.lengths, feature_names=self._names)
        n_steps = self.max_length or tokens.lengths.max(initial=0)
        place = np.arange(n_steps)
        if self.padding == "pre":
            place = place[::-1]
        running = place < tokens.lengths[:, None]
        pad = self.vocabulary_[self.pad_token]
        if self.output == "ids":
            ids = np.full(running.shape, pad)
            ids[running] = values.indices
            return ids
        padded = np.zeros((*running.shape, values.shape[1]), self.dtype)
        padded[~running, pad] = 1
        document, step = np.nonzero(running)
        token = np.repeat(np.arange(len(document)), np.diff(values.indptr))
        padded[document[token], step[token], values.indices] = 1
        return padded

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags
