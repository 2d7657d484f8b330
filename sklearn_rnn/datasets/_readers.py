"""Readers of common text files of sequences."""

import gzip
import os
import re

import numpy as np

from sklearn_rnn._arrays import is_number
from sklearn_rnn.sequences import Sequences


def read_lines(path, *, encoding="utf-8"):
    """Read the lines of a text file that are not blank.

    Parameters
    ----------
    path : str or path-like
        The file. It is decompressed if its name ends in ``.gz``.
    encoding : str, default="utf-8"
        How characters are written. A byte order mark is dropped.

    Returns
    -------
    lines : list of str
        Without the ends of the lines, ``\\n`` or ``\\r\\n``. All else stays in, spaces
        at both ends and other Unicode separators.

    Raises
    ------
    OSError
        If the file cannot be opened.
    ValueError
        If the file is not in the encoding; the error names the line.

    See Also
    --------
    read_labelled : Read texts that have labels.

    Examples
    --------
    >>> import os, tempfile
    >>> from sklearn_rnn.datasets import read_lines
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "proverbs.txt")
    ...     with open(path, "w") as file:
    ...         _ = file.write("Haste makes waste.\\n\\nTime will tell.\\n")
    ...     read_lines(path)
    ['Haste makes waste.', 'Time will tell.']
    """
    return [line for _, line in _numbered_lines(path, encoding) if line.strip()]


def read_labelled(path, *, label=0, text=-1, separator="\t", encoding="utf-8"):
    """Read texts and their labels, one of each a line.

    Parameters
    ----------
    path : str or path-like
        The file. It is decompressed if its name ends in ``.gz``.
    label, text : int, default=0 and -1
        Columns of the label and of the text. Negative ones count from the end.
    separator : str, default="\\\\t"
        What stands between columns. None means that the label, the first word of the
        line, ends at a space or tab, and that the text is all the rest: this reads
        ``LABEL the text`` and the ``__label__x the text`` of fastText, and `label` and
        `text` keep their defaults. There is no quoting.
    encoding : str, default="utf-8"
        How characters are written. A byte order mark is dropped.

    Returns
    -------
    texts : list of str of length n_samples
        The texts, which may be empty unless `separator` is None.
    labels : ndarray of str of shape (n_samples,)
        The labels as they stand in the file, with ``__label__`` and the like.

    Raises
    ------
    OSError
        If the file cannot be opened.
    ValueError
        If a line is not in the encoding, has too few columns or others than the first
        line, has the label and the text in the same column, or has an empty label. The
        error names the file and the line. Blank lines are skipped.

    See Also
    --------
    read_conll : Read sequences of tokens that have a label each.

    Notes
    -----
    A line of fastText may have several labels; the second counts as text here. See
    its documentation, https://fasttext.cc/docs/en/supervised-tutorial.html.

    Examples
    --------
    >>> import os, tempfile
    >>> from sklearn_rnn.datasets import read_labelled
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "questions.txt")
    ...     with open(path, "w") as file:
    ...         _ = file.write("PLACE Where is Oslo ?\\nTIME When was that ?\\n")
    ...     read_labelled(path, separator=None)
    (['Where is Oslo ?', 'When was that ?'], array(['PLACE', 'TIME'], dtype='<U5'))
    """
    if separator is None and (label, text) != (0, -1):
        raise ValueError(
            "separator=None reads a label and then the text, label=0 and text=-1; got "
            f"label={label} and text={text}."
        )
    _check_separators(separator=separator)
    columns = _whole_numbers([label, text], "label and text")
    texts, labels, width = [], [], None
    for number, line in _numbered_lines(path, encoding):
        if not line.strip():
            continue
        fields = _split(line, separator, max_splits=1)
        name, content = _choose(fields, columns, path, number)
        width = width or len(fields)
        if len(fields) != width:
            message = f"{_count(fields)}, while the first line has {width}"
            raise _bad_line(path, number, message)
        if not name.strip():
            raise _bad_line(path, number, "the label is empty")
        texts.append(content)
        labels.append(name)
    return texts, np.array(labels, dtype=str)


def read_conll(
    path, *, columns=(0, -1), separator=None, comment=None, encoding="utf-8"
):
    """Read sentences that have one token a line and a blank line after each sentence.

    The tasks of the CoNLL conferences made this format common, with the token in the
    first column and its tag in the last.

    Parameters
    ----------
    path : str or path-like
        The file. It is decompressed if its name ends in ``.gz``.
    columns : sequence of int, default=(0, -1)
        The columns to read. Negative ones count from the end.
    separator : str, default=None
        What stands between columns. None means runs of spaces and tabs. Choose "\\\\t"
        for tokens that contain spaces, and for CoNLL-U.
    comment : str, default=None
        Lines that begin with it are skipped. None skips no line, as a token may well
        be "#".
    encoding : str, default="utf-8"
        How characters are written. A byte order mark is dropped.

    Returns
    -------
    sequences : tuple of list of list of str
        For each of `columns` a list with one list of str for each sentence.

    Raises
    ------
    OSError
        If the file cannot be opened.
    ValueError
        If a line is not in the encoding, lacks a column, has two of `columns` in the
        same place, or has another number of columns than the first line of its
        sentence. The error names the file and the line.

    See Also
    --------
    read_labelled : Read texts that have one label each.

    Notes
    -----
    Lines that begin with ``-DOCSTART-`` are skipped and end a sentence; so does the
    end of the file. CoNLL-U has the token in column 1 and its part of speech in column
    3. Its comments begin with "#", and its multiword tokens and empty nodes, with an
    ID such as ``1-2`` or ``1.1`` in column 0, are read as tokens.

    References
    ----------
    E. F. Tjong Kim Sang and F. De Meulder (2003). "Introduction to the CoNLL-2003
    shared task: language-independent named entity recognition". CoNLL.

    Universal Dependencies, "CoNLL-U format".
    https://universaldependencies.org/format.html

    Examples
    --------
    >>> import os, tempfile
    >>> from sklearn_rnn.datasets import read_conll
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "tagged.txt")
    ...     with open(path, "w") as file:
    ...         _ = file.write("Birds NOUN\\nsing VERB\\n\\nHello INTJ\\n")
    ...     tokens, tags = read_conll(path)
    >>> tokens
    [['Birds', 'sing'], ['Hello']]
    >>> tags
    [['NOUN', 'VERB'], ['INTJ']]
    """
    _check_separators(separator=separator, comment=comment)
    columns = _whole_numbers(columns, "columns")
    sentences, sentence = [], []
    for number, line in _numbered_lines(path, encoding):
        if comment and line.startswith(comment):
            continue
        if not line.strip() or line.startswith("-DOCSTART-"):
            sentences.append(sentence)
            sentence = []
            continue
        fields = _split(line, separator)
        if not sentence:
            width = len(fields)
        elif len(fields) != width:
            message = f"{_count(fields)}, but the sentence began with {width}"
            raise _bad_line(path, number, message)
        sentence.append(_choose(fields, columns, path, number))
    sentences = [sentence for sentence in [*sentences, sentence] if sentence]
    return tuple(
        [[token[i] for token in sentence] for sentence in sentences]
        for i in range(len(columns))
    )


def read_ts(path, *, encoding="utf-8"):
    """Read time series from a ``.ts`` file of the UEA, UCR and sktime archives.

    Comments begin with ``#`` and header lines with ``@``. After ``@data`` each line is
    one case: its channels separated by ``:``, their values by ``,``, and at the end the
    label or the target.

    Parameters
    ----------
    path : str or path-like
        The file. It is decompressed if its name ends in ``.gz``.
    encoding : str, default="utf-8"
        How characters are written. A byte order mark is dropped.

    Returns
    -------
    sequences : Sequences of shape (n_cases, n_steps, n_channels)
        The values in float64; ``?`` and ``NaN`` are NaN. Lengths may differ between
        cases.
    targets : ndarray of shape (n_cases,), or None
        Numbers if the header says ``@targetLabel true``, otherwise class labels, which
        are str. None if it says ``@classLabel false`` or ``@targetLabel false`` and
        not the other.

    Raises
    ------
    OSError
        If the file cannot be opened.
    ValueError
        If a line is not in the encoding, something else than comments and header
        stands before ``@data``, a value is no number, the channels of a case have
        unequal lengths, their number is not that of the first case, or a label is
        missing. The error names the file and the line. Files with time stamps,
        ``@timeStamps true``, cannot be read.

    See Also
    --------
    Sequences : The container.

    References
    ----------
    A. Bagnall, H. A. Dau, J. Lines, M. Flynn, J. Large, A. Bostrom, P. Southam and
    E. Keogh (2018). "The UEA multivariate time series classification archive, 2018".
    arXiv:1811.00075.

    Examples
    --------
    >>> import os, tempfile
    >>> from sklearn_rnn.datasets import read_ts
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "moves.ts")
    ...     with open(path, "w") as file:
    ...         _ = file.write("@classLabel true up down\\n@data\\n")
    ...         _ = file.write("1,2,4:0,1,0:up\\n3,1:1,?:down\\n")
    ...     X, y = read_ts(path)
    >>> X
    Sequences(shape=(2, 3, 2), n_steps=5, dtype=float64)
    >>> X[1]
    array([[ 3.,  1.],
           [ 1., nan]])
    >>> y
    array(['up', 'down'], dtype='<U4')
    """
    lines = (
        (number, line.strip())
        for number, line in _numbered_lines(path, encoding)
        if line.strip() and not line.lstrip().startswith("#")
    )
    kind = _read_header(lines, path)
    cases, targets = [], []
    for number, line in lines:
        fields = line.split(":")
        if kind is not None:
            targets.append(_read_target(fields.pop(), kind, path, number))
        cases.append(_read_case(fields, path, number))
        if cases[-1].shape[1] != cases[0].shape[1]:
            message = f"{len(fields)} channels, but the first case has "
            raise _bad_line(path, number, f"{message}{cases[0].shape[1]}")
    targets = None if kind is None else np.array(targets, dtype=kind)
    return Sequences.from_list(cases), targets


def _read_header(lines, path):
    """Take the lines up to ``@data``; the type of the targets, or None without any."""
    header, number = {}, 1
    for number, line in lines:
        key, *values = line.lower().split()
        if not key.startswith("@"):
            raise _bad_line(path, number, f"{line[:20]!r} stands before @data")
        if key == "@data":
            break
        header[key] = values[0] if values else ""
        if (key, header[key]) == ("@timestamps", "true"):
            raise _bad_line(path, number, "series with time stamps cannot be read")
    else:
        raise _bad_line(path, number, "the file ends without a line @data")
    if header.get("@targetlabel") == "true":
        return float
    if header.get("@classlabel") == "true":
        return str
    return None if "false" in map(header.get, ("@classlabel", "@targetlabel")) else str


def _read_target(field, kind, path, number):
    """One label, or one number."""
    if kind is float:
        return _read_numbers([field], path, number)[0]
    if not field.strip():
        raise _bad_line(path, number, "the class label is missing")
    return field.strip()


def _read_case(channels, path, number):
    """Array (length, n_channels) of the channels, which are str."""
    if not channels:
        raise _bad_line(path, number, "there is no ':' between values and target")
    # A channel without any text has no values, rather than one that is empty.
    values = [channel.split(",") if channel.strip() else [] for channel in channels]
    lengths = [len(channel) for channel in values]
    if len(set(lengths)) > 1:
        message = f"the channels have unequal lengths {lengths}"
        raise _bad_line(path, number, message)
    numbers = [_read_numbers(channel, path, number) for channel in values]
    return np.array(numbers, dtype=float).T


def _read_numbers(fields, path, number):
    """Floats of str, NaN of ``?``."""
    try:
        return [np.nan if field.strip() == "?" else float(field) for field in fields]
    except ValueError as error:
        raise _bad_line(path, number, str(error)) from error


def _numbered_lines(path, encoding):
    """Pairs of the number, from 1, and the text of each line of a file.

    Lines end at line feeds only: texts may contain other separators of Unicode.
    """
    if not isinstance(path, (str, bytes, os.PathLike)):
        raise TypeError(f"path must lead to a file, got {path!r}.")
    name = os.fsdecode(path)
    with (gzip.open if name.endswith(".gz") else open)(name, "rb") as file:
        raw = file.read()
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        good = error.object[: error.start].decode(encoding, errors="replace")
        raise _bad_line(path, good.count("\n") + 1, str(error)) from error
    except (LookupError, TypeError, ValueError) as error:
        raise ValueError(
            f"encoding must be one of text, such as 'utf-8', got {encoding!r}."
        ) from error
    lines = text.removeprefix("\ufeff").split("\n")
    return [(i, line.removesuffix("\r")) for i, line in enumerate(lines, start=1)]


def _check_separators(**given):
    """Raise unless each is a string, or None."""
    for name, value in given.items():
        if not (value is None or (isinstance(value, str) and value)):
            raise TypeError(f"{name} must be a string or None, got {value!r}.")


def _whole_numbers(numbers, name):
    """Numbers of columns as a tuple."""
    if not np.iterable(numbers) or not all(map(is_number, numbers)):
        raise TypeError(f"{name} must be numbers of columns, got {numbers!r}.")
    return tuple(map(int, numbers))


def _split(line, separator, max_splits=0):
    """The columns of a line; of runs of white space `max_splits` count, 0 means all."""
    if separator is not None:
        return line.split(separator)
    # str.split would split at no-break spaces as well, which words may contain.
    return re.split("[ \t]+", line.strip(" \t"), maxsplit=max_splits)


def _choose(fields, columns, path, number):
    """Those of `fields` whose positions are `columns`, all of them different."""
    n = len(fields)
    missing = [column for column in columns if not -n <= column < n]
    if missing:
        message = f"{_count(fields)}, there is no column {missing[0]}"
        raise _bad_line(path, number, message)
    if len({column % n for column in columns}) < len(columns):
        message = (
            f"{_count(fields)}, where columns {columns} coincide; is the separator "
            "right?"
        )
        raise _bad_line(path, number, message)
    return [fields[column] for column in columns]


def _count(fields):
    """How many columns a line has, in words."""
    return f"{len(fields)} column{'s' if len(fields) > 1 else ''}"


def _bad_line(path, number, message):
    """The error for line `number` of a file."""
    return ValueError(f"{os.fsdecode(path)}, line {number}: {message}")
