"""A million short sequences, words or outputs, a thousand classes; see limits.py."""

import numpy as np
from _limits_measure import (
    MB,
    ONCE,
    Section,
    cost,
    data,
    lengths_up_to_ten,
    make,
    series,
    size_of,
    step_labels,
    texts,
)

from sklearn_rnn import (
    RNNClassifier,
    RNNGenerator,
    RNNSequenceTagger,
    SequenceVectorizer,
    check_sequences,
)

# -- a million short sequences ---------------------------------------------------------


def row(what, n_tokens, given, call, *args, **options):
    """Cells of a call; ``given`` bytes of input or parameters were there before."""
    found = cost(call, *args, **options)
    each = 1e6 * found.seconds / n_tokens
    return what, n_tokens, found.seconds, each, found.peak / MB, given / MB


def short_lists(n):
    """Containers from lists and arrays."""
    lengths = lengths_up_to_ten(n)
    n_tokens, counts = int(lengths.sum()), lengths.tolist()
    lists = [[0.5] * length for length in counts]
    given = size_of(lists)
    yield row(f"check_sequences, {n:,} lists", n_tokens, given, check_sequences, lists)
    arrays = [np.zeros((length, 4), np.float32) for length in counts]
    given = size_of(arrays)
    what = f"check_sequences, {n:,} arrays (length, 4)"
    yield row(what, n_tokens, given, check_sequences, arrays)


def short_texts(n):
    """The vectorizer."""
    lengths = lengths_up_to_ten(n)
    documents = [" ".join(text) for text in texts(lengths)]
    n_tokens, given, words = (
        int(lengths.sum()),
        size_of(documents),
        SequenceVectorizer(),
    )
    for method in ("fit_transform", "transform"):
        call = getattr(words, method)
        yield row(f"{method} of {n:,} texts", n_tokens, given, call, documents)


def short_models(name, n):
    """An epoch, and predictions."""
    lengths = lengths_up_to_ten(n)
    X, y = data(name, lengths)
    n_tokens, given, model = int(lengths.sum()), size_of(X), make(name, batch_size=256)
    what = f"{name}, an epoch, batches of 256"
    yield row(what, n_tokens, given, model.fit, X, y)
    method = "score_samples" if name.startswith("gen") else "predict"
    yield row(f"{name}, {method}", n_tokens, given, getattr(model, method), X)


# -- a vocabulary of a million ---------------------------------------------------------


def documents_of(n_words):
    """Documents of ten words, in which each word occurs twice."""
    rng = np.random.default_rng(0)
    words = rng.permutation(np.repeat(np.arange(n_words), 2)).reshape(-1, 10)
    return [" ".join(f"w{word}" for word in line) for line in words.tolist()]


def words_in(n):
    """The vectorizer."""
    documents, words = documents_of(n), SequenceVectorizer()
    given = size_of(documents)
    for method in ("fit", "transform"):
        call = getattr(words, method)
        what = f"vectorizer, {method}, {n:,} words"
        yield row(what, 2 * n, given, call, documents)


def features_in(n, embedding_dim):
    """Epochs of a classifier on 3,200 documents."""
    documents, words = documents_of(n), SequenceVectorizer()
    X = words.fit(documents).transform(documents[:3200])
    y, n_tokens = np.arange(len(X)) % 2, int(X.lengths.sum())
    model = RNNClassifier(16, embedding_dim=embedding_dim, **ONCE)
    kind = f"word vectors of {embedding_dim}" if embedding_dim else "one-hot"
    for method in ("fit", "partial_fit", "predict"):
        what = f"classifier, {kind}, {len(X):,} texts: {method}"
        args = (X,) if method == "predict" else (X, y)
        cells = row(what, n_tokens, 0, getattr(model, method), *args)
        yield *cells[:-1], model.theta_.nbytes / MB


def tokens_out(n):
    """A generator that chooses among a million tokens."""
    names = [f"w{i}" for i in range(n)]
    words = SequenceVectorizer(vocabulary=names)
    documents = [" ".join(names[i :: n // 10][:10]) for i in range(8)]
    model = RNNGenerator(8, embedding_dim=8, vectorizer=words, batch_size=1, **ONCE)
    sampled = dict(n_samples=4, top_k=10, max_new_tokens=10, min_length=10)
    for what, method, n_tokens, args, options in [
        ("fit, 8 batches", "fit", 88, [documents], {}),
        ("4 samples of 10 tokens, top_k=10", "generate", 40, [], sampled),
        ("score_samples", "score_samples", 88, [documents], {}),
        ("predict", "predict", 88, [documents], {}),
    ]:
        what = f"generator, {n:,} outputs: {what}"
        cells = row(what, n_tokens, 0, getattr(model, method), *args, **options)
        yield *cells[:-1], model.theta_.nbytes / MB


# -- a thousand classes ----------------------------------------------------------------


def classes(kind, n, n_classes):
    """An epoch and predictions on n sequences of ten steps."""
    X = series(np.full(n, 10))
    if kind == "classifier":
        model, y = RNNClassifier(**ONCE), np.arange(n) % n_classes
    else:
        model = RNNSequenceTagger(crf=kind == "tagger, CRF", **ONCE)
        y = step_labels(X.lengths, n_classes)
    for method in ("fit", "predict", "predict_proba"):
        args = (X, y) if method == "fit" else (X,)
        what = f"{kind}, {n_classes:,} classes, {n:,} sequences: {method}"
        yield row(what, 10 * n, size_of(X), getattr(model, method), *args)


TIMES = "what | tokens | s | us a token | peak, MB | {}, MB"


def sections(scale):
    """The tables, of sizes that are a share of the usual ones."""
    million = int(1_000_000 * scale)
    names = ("classifier", "tagger, one way")
    return {
        "short": Section(
            "A million sequences of 1 to 10 steps",
            TIMES.format("input"),
            [
                (short_lists, million),
                (short_texts, million),
                *[(short_models, name, million) for name in names],
            ],
        ),
        "vocabulary": Section(
            "A vocabulary of a million",
            TIMES.format("input or parameters"),
            [
                (words_in, million),
                (features_in, million, 16),
                (features_in, million, None),
                (tokens_out, million),
            ],
            "Parameters, the two memories of Adam and the copies that a fit that fails "
            "or is interrupted goes back to are as long as the vocabulary; gradients "
            "and updates are of the words of a minibatch. The gradient of a million "
            "outputs is dense.",
        ),
        "classes": Section(
            "A thousand classes",
            TIMES.format("input"),
            [
                (classes, "classifier", 20_000, 1_000),
                (classes, "tagger", 2_000, 1_000),
                (classes, "tagger, CRF", 500, 1_000),
            ],
        ),
    }
