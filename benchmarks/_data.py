"""The public data sets that the benchmarks use.

They are looked for in the folder named by the environment variable SKLEARN_RNN_DATA,
each in a folder of its own.
"""

import gzip
import os
import re
import sys
from pathlib import Path

import numpy as np

from sklearn_rnn.datasets import read_conll, read_labelled, read_lines, read_ts


def folder():
    """Folder of the data sets; ends the program if there is none."""
    path = os.environ.get("SKLEARN_RNN_DATA")
    if not path or not Path(path).is_dir():
        sys.exit("Set SKLEARN_RNN_DATA to the folder that holds the data sets.")
    return Path(path)


def train_test(name):
    """Official split of a UEA/UCR set: X_train, y_train, X_test, y_test."""
    path = folder() / name
    return *read_ts(path / f"{name}_TRAIN.ts.gz"), *read_ts(path / f"{name}_TEST.ts.gz")


def questions():
    """TREC, six kinds of question: train, test as (documents, labels)."""
    path = folder() / "trec"
    parts = ("train.tsv.gz", "test.tsv")
    return [_documents(path / part, label=0, text=2) for part in parts]


def intents():
    """SNIPS, seven intents of utterances: train, validation, test."""
    path = folder() / "snips"
    parts = ("train.tsv.gz", "valid.tsv.gz", "test.tsv.gz")
    return [_documents(path / part, label=0, text=1) for part in parts]


def film_sentences():
    """Sentence polarity of film reviews (Pang and Lee, 2005)."""
    path = folder() / "rt_polarity"
    return _one_file_a_class(
        path, {"neg": "rt-polarity.neg.gz", "pos": "rt-polarity.pos.gz"}
    )


def first_names():
    """English first names by gender."""
    path = folder() / "names_gender"
    return _one_file_a_class(path, {"female": "female.txt", "male": "male.txt"})


def _documents(path, **columns):
    documents, labels = read_labelled(path, **columns)
    return np.array(documents, dtype=object), labels


def _one_file_a_class(path, files):
    lines = {label: read_lines(path / name) for label, name in files.items()}
    documents = [line.strip() for part in lines.values() for line in part]
    labels = np.repeat([*lines], [len(part) for part in lines.values()])
    return np.array(documents, dtype=object), labels


def parts_of_speech():
    """Universal Dependencies, English EWT: train, dev, test as (documents, tags)."""
    path = folder() / "ud_english_ewt"
    return [
        read_conll(path / f"{part}.tsv.gz", separator="\t")
        for part in ("train", "dev", "test")
    ]


def slots():
    """SNIPS, slots of utterances as BIO tags: train, validation, test."""
    path = folder() / "snips"
    parts = []
    for part in ("train", "valid", "test"):
        lines = [line.split("\t") for line in read_lines(path / f"{part}.tsv.gz")]
        parts.append(tuple([line[i].split(" ") for line in lines] for i in (1, 2)))
    return parts


def wiki_entities():
    """WikiGold, entities (IOB1): the first 80 % of the sentences, the others."""
    path = folder() / "wikigold" / "wikigold.tsv.gz"
    documents, tags = read_conll(path, separator="\t")
    n = int(0.8 * len(documents))
    return [(documents[:n], tags[:n]), (documents[n:], tags[n:])]


def names_to_invent():
    """American first names of 2018, lower case: train, validation, test."""
    lines = [
        line
        for line in read_lines(folder() / "makemore_names" / "names.txt")
        if line.strip()
    ]
    parts = np.arange(len(lines)) % 10
    wanted = [(parts != 0) & (parts != 9), parts == 0, parts == 9]
    return [[lines[i] for i in np.flatnonzero(part)] for part in wanted]


def plays():
    """Plays of Shakespeare as one text."""
    path = folder() / "tinyshakespeare" / "input.txt.gz"
    return gzip.decompress(path.read_bytes()).decode()


def tunes():
    """Folk tunes of the Nottingham Music Database in ABC notation, as one text."""
    files = sorted((folder() / "nottingham_abc").glob("*.abc"))
    return "".join(file.read_text(encoding="ascii") for file in files)


def monthly_series(name):
    """A series of one number a month: "airline" or "sunspots_monthly"."""
    lines = read_lines(folder() / "forecasting" / f"{name}.csv")[1:]
    return np.array([float(line.split(",")[1]) for line in lines if line.strip()])


def pronunciations():
    """CMU dictionary without stress: words, and all pronunciations of each, as lists.

    Alternatives are entries of their own in the file, ``word(2)``.
    """
    text = gzip.decompress((folder() / "cmudict" / "cmudict.dict.gz").read_bytes())
    found = {}
    for line in text.decode().splitlines():
        entry, *phonemes = line.split(" #")[0].split()
        spoken = [phoneme.rstrip("012") for phoneme in phonemes]
        known = found.setdefault(re.sub(r"\(\d+\)$", "", entry), [])
        if spoken not in known:
            known.append(spoken)
    return list(found), list(found.values())


def names_in_two_scripts():
    """Arabic names and what they are in Latin script: train, validation, test."""
    path = folder() / "ar2en"
    parts = ("train.tsv.gz", "eval.tsv", "test.tsv")
    return [_pairs(path / part) for part in parts]


def english_and_french():
    """Short English sentences and their French translations."""
    return _pairs(folder() / "fra_eng" / "fra_eng.tsv.gz")


def _pairs(path):
    lines = [line.rstrip("\n").split("\t") for line in read_lines(path)]
    return tuple([line[i] for line in lines if len(line) == 2] for i in (0, 1))
