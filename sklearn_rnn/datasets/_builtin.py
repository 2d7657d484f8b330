"""Data sets that come with the package."""

from importlib.resources import as_file, files
from itertools import chain

import numpy as np
from sklearn.utils import Bunch

from sklearn_rnn.datasets._readers import read_conll
from sklearn_rnn.sequences import cut

_REVIEWS = """\
Short reviews of restaurants and films
--------------------------------------

400 English reviews of 8 to 23 words, 200 of restaurants and 200 of films, in mixed
order. Each topic has 40 reviews for each rating, from 1, the worst, to 5, the best.
The sentiment follows from the rating: negative for 1 and 2, mixed for 3, positive for
4 and 5. All reviews are invented. They were written for this package, with negations
and contrasts in which the order of words matters; some were then reworded, so that
simple models find common words to learn from. They are made for examples and tests,
and say little about how a model does on reviews that people publish.
"""
_NAMES = """\
First names
-----------

600 first names of the English-speaking world and its neighbours, in mixed order: 300
that are mostly given to women and 300 that are mostly given to men. Names that are
common for both were left out. The list was put together for this package.
"""
_SENTENCES = """\
Tagged sentences
----------------

300 English sentences of 5 to 18 tokens, in mixed order: travel, kitchen, news, sport,
office, letters, orders, home. Each token has one of the 17 universal tags of parts of
speech, and a tag of names in the IOB2 scheme: B- begins one, I- goes on, O is outside.
The types are PER, LOC, ORG and DATE; 45 % of the sentences have at least one name. The
same people, places and firms come back in several sentences.

Punctuation, n't and 's are tokens of their own. The tags follow Universal Dependencies:
"is" is AUX as a copula and VERB after "there", possessives such as "my" are PRON,
"where" and "when" are ADV, attributive participles are ADJ. Titles such as "Mrs." are
PROPN and outside the name. A DATE has the name of a day or month or the number of a
year; "yesterday" and "next week" are none.

All sentences and tags were made for this package, for examples and tests. They are
short and plain, and say little about how a model does on published text.
"""
_AIRLINE = """\
Airline passengers
------------------

Passengers of international airlines in each month from January 1949 to December 1960,
in thousands: 144 figures that grow, and swing with the seasons the more the larger they
are. Published by R. G. Brown in 1962, and known as series G of G. E. P. Box and G. M.
Jenkins, Time Series Analysis, 1976.
"""


def load_reviews(*, return_X_y=False, as_frame=False):
    """Load 400 short reviews of restaurants and films, with ratings from 1 to 5.

    =================   ==============================
    Reviews             400
    Words of a review   8 to 23
    Ratings             1, 2, 3, 4, 5, each 80 times
    Topics              restaurant, film, 200 of each
    =================   ==============================

    All are invented, and were written for this package.

    Parameters
    ----------
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` instead of a `Bunch`.
    as_frame : bool, default=False
        Whether the data are pandas objects.

    Returns
    -------
    reviews : :class:`~sklearn.utils.Bunch`
        Dictionary-like object, with the attributes

        data : list of str, or Series, of length 400
            The texts.
        target : ndarray of int, or Series, of shape (400,)
            The ratings.
        sentiment : ndarray of str, or Series, of shape (400,)
            "negative" for the ratings 1 and 2, "mixed" for 3, "positive" for 4 and 5.
        topic : ndarray of str, or Series, of shape (400,)
            "restaurant" or "film".
        frame : DataFrame of shape (400, 4), or None
            Columns text, rating, sentiment and topic, if ``as_frame=True``.
        DESCR : str
            A description of the data.
    (data, target) : tuple
        If ``return_X_y=True``.

    Raises
    ------
    ImportError
        If ``as_frame=True`` and pandas is not installed.

    See Also
    --------
    read_labelled : Read texts and labels of your own.

    Examples
    --------
    >>> from sklearn_rnn.datasets import load_reviews
    >>> reviews = load_reviews()
    >>> reviews.data[0]
    'A pleasant surprise: good vegetarian dishes that were never dull.'
    >>> reviews.target[:5]
    array([4, 1, 3, 3, 2])
    >>> reviews.sentiment[:3]
    array(['positive', 'negative', 'mixed'], dtype='<U8')
    """
    ratings, topics, texts = _columns("reviews.tsv")
    rating = np.array(ratings, dtype=int)
    sentiment = np.array(["negative", "mixed", "positive"])[np.sign(rating - 3) + 1]
    columns = dict(
        text=texts, rating=rating, sentiment=sentiment, topic=np.array(topics)
    )
    return _result(columns, "text", "rating", _REVIEWS, return_X_y, as_frame)


def load_names(*, return_X_y=False, as_frame=False):
    """Load 600 first names, and whether they are given to women or to men.

    =================   ===========================
    Names               600
    Letters of a name   3 to 11
    Classes             female, male, 300 of each
    =================   ===========================

    They are common in the English-speaking world and its neighbours, and no name is
    in both classes.

    Parameters
    ----------
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` instead of a `Bunch`.
    as_frame : bool, default=False
        Whether the data are pandas objects.

    Returns
    -------
    names : :class:`~sklearn.utils.Bunch`
        Dictionary-like object, with the attributes

        data : list of str, or Series, of length 600
            The names.
        target : ndarray of str, or Series, of shape (600,)
            "female" or "male".
        frame : DataFrame of shape (600, 2), or None
            Columns name and gender, if ``as_frame=True``.
        DESCR : str
            A description of the data.
    (data, target) : tuple
        If ``return_X_y=True``.

    Raises
    ------
    ImportError
        If ``as_frame=True`` and pandas is not installed.

    See Also
    --------
    read_lines : Read a list of your own.

    Examples
    --------
    >>> from sklearn_rnn.datasets import load_names
    >>> names, gender = load_names(return_X_y=True)
    >>> names[:3]
    ['Stuart', 'Paula', 'Denis']
    >>> gender[:3]
    array(['male', 'female', 'male'], dtype='<U6')
    """
    genders, names = _columns("names.tsv")
    columns = dict(name=names, gender=np.array(genders))
    return _result(columns, "name", "gender", _NAMES, return_X_y, as_frame)


def load_tagged_sentences(*, return_X_y=False, as_frame=False):
    """Load 300 sentences whose words have parts of speech and names marked.

    =====================   =========================================
    Sentences               300
    Tokens                  3202
    Tokens of a sentence    5 to 18
    Parts of speech         17, the universal ones
    Names                   PER, LOC, ORG, DATE, tagged in IOB2
    =====================   =========================================

    All are invented, and were written and tagged for this package.

    Parameters
    ----------
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` instead of a `Bunch`.
    as_frame : bool, default=False
        Whether to give a pandas table with a row for each token, too. It changes
        nothing else.

    Returns
    -------
    sentences : :class:`~sklearn.utils.Bunch`
        Dictionary-like object, with the attributes

        data : list of list of str, of length 300
            The tokens.
        target : ndarray of object of shape (300,)
            For each sentence an ndarray of str of shape (length,): the parts of
            speech.
        pos : ndarray of object of shape (300,)
            The same object as `target`.
        entities : ndarray of object of shape (300,)
            As `target`: "O" outside of names, "B-PER" for the first token of a
            person, "I-PER" for those that follow, and so on.
        frame : DataFrame of shape (3202, 4), or None
            Columns sentence, word, pos and entity, if ``as_frame=True``.
        DESCR : str
            A description of the data.
    (data, target) : tuple
        If ``return_X_y=True``.

    Raises
    ------
    ImportError
        If ``as_frame=True`` and pandas is not installed.

    See Also
    --------
    read_conll : Read sentences of your own.
    sklearn_rnn.labels_from_frame : Read words and labels from a long table.

    References
    ----------
    M.-C. de Marneffe, C. D. Manning, J. Nivre and D. Zeman (2021). "Universal
    Dependencies". Computational Linguistics 47(2).

    L. A. Ramshaw and M. P. Marcus (1995). "Text chunking using transformation-based
    learning". Third Workshop on Very Large Corpora.

    Examples
    --------
    >>> from sklearn_rnn.datasets import load_tagged_sentences
    >>> sentences = load_tagged_sentences()
    >>> print(*sentences.data[5])
    The train to Prague leaves at 7:45 from platform four .
    >>> print(*sentences.pos[5])
    DET NOUN ADP PROPN VERB ADP NUM ADP NOUN NUM PUNCT
    >>> print(*sentences.entities[5])
    O O O B-LOC O O O O O O O
    """
    path = files("sklearn_rnn.datasets").joinpath("data", "sentences.tsv")
    with as_file(path) as file:
        words, *tags = read_conll(file, columns=(0, 1, 2), separator="\t")
    lengths = [len(sentence) for sentence in words]
    word, pos, entity = (np.array([*chain(*column)]) for column in (words, *tags))
    sentence = np.repeat(np.arange(len(words)), lengths)
    columns = dict(sentence=sentence, word=word, pos=pos, entity=entity)
    frame = _frame(columns) if as_frame else None
    target = cut(pos, lengths)
    if return_X_y:
        return words, target
    return Bunch(
        data=words,
        target=target,
        pos=target,
        entities=cut(entity, lengths),
        frame=frame,
        DESCR=_SENTENCES,
    )


def load_airline(*, as_frame=False):
    """Load the monthly numbers of airline passengers from 1949 to 1960.

    Parameters
    ----------
    as_frame : bool, default=False
        Whether the data are pandas objects.

    Returns
    -------
    airline : :class:`~sklearn.utils.Bunch`
        Dictionary-like object, with the attributes

        data : ndarray of float, or Series, of shape (144,)
            Passengers in thousands.
        month : ndarray of datetime64[M], or Series, of shape (144,)
            The months.
        frame : DataFrame of shape (144, 2), or None
            Columns month and passengers, if ``as_frame=True``.
        DESCR : str
            A description of the data.

    Raises
    ------
    ImportError
        If ``as_frame=True`` and pandas is not installed.

    References
    ----------
    G. E. P. Box and G. M. Jenkins (1976). "Time series analysis: forecasting and
    control". Holden-Day. Series G.

    Examples
    --------
    >>> from sklearn_rnn.datasets import load_airline
    >>> airline = load_airline()
    >>> airline.data[:3]
    array([112., 118., 132.])
    >>> print(airline.month[-1])
    1960-12
    """
    month, passengers = _columns("airline.tsv")
    month = np.array(month, dtype="datetime64[M]")
    passengers = np.array(passengers, dtype=float)
    if not as_frame:
        return Bunch(data=passengers, month=month, frame=None, DESCR=_AIRLINE)
    # A frame knows no dates of months: the first day stands for each.
    frame = _frame(dict(month=month.astype("datetime64[s]"), passengers=passengers))
    return Bunch(
        data=frame["passengers"], month=frame["month"], frame=frame, DESCR=_AIRLINE
    )


def _columns(name):
    """The columns, tuples of str, of a file of the package."""
    path = files("sklearn_rnn.datasets").joinpath("data", name)
    lines = path.read_text(encoding="utf-8").splitlines()
    return zip(*(line.split("\t") for line in lines), strict=True)


def _result(columns, data, target, description, return_X_y, as_frame):
    """What a loader returns: `columns` in a Bunch, two of them under other names."""
    columns[data] = list(columns[data])
    frame = None
    if as_frame:
        frame = _frame(columns)
        columns = {name: frame[name] for name in frame.columns}
    columns = {
        "data": columns.pop(data),
        "target": columns.pop(target),
        **columns,
    }
    if return_X_y:
        return columns["data"], columns["target"]
    return Bunch(**columns, frame=frame, DESCR=description)


def _frame(columns):
    """A data frame of the columns."""
    try:
        import pandas as pd
    except ImportError as error:
        raise ImportError(
            "as_frame=True requires pandas, which is not installed"
        ) from error
    return pd.DataFrame(columns)
