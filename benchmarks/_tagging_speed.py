"""Time of an epoch and of tagging on UD English EWT; see tagging.py."""

import time
import warnings

import numpy as np
from _data import parts_of_speech
from sklearn.exceptions import ConvergenceWarning
from sklearn.pipeline import make_pipeline

from sklearn_rnn import RNNSequenceTagger, SequenceVectorizer
from sklearn_rnn.core.packing import pack
from sklearn_rnn.vectorizer import affix_features

UNITS, EMBEDDING, BATCH, DROPOUT, RATE, EPOCHS = 128, 100, 32, 0.5, 3e-3, 3


def seconds(function, repetitions):
    """Least and median time of several calls."""
    times = []
    for _ in range(repetitions):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times), float(np.median(times))


def tagger(n_jobs):
    """The network of which an epoch is measured."""
    return RNNSequenceTagger(
        UNITS,
        rnn_type="lstm",
        embedding_dim=EMBEDDING,
        dropout=DROPOUT,
        batch_size=BATCH,
        learning_rate_init=RATE,
        learning_rate="constant",
        max_iter=1,
        warm_start=True,
        random_state=0,
        n_jobs=n_jobs,
    )


def epoch_of_ours(X, tags, n_jobs):
    """Seconds of an epoch after the first, all that `fit` does included."""
    network = tagger(n_jobs).fit(X, tags)
    return seconds(lambda: network.fit(X, tags), EPOCHS)


def epoch_of_torch(X, y, n_threads, sparse):
    """The same network and minibatches by nn.EmbeddingBag and a PackedSequence.

    ``sparse`` says how the gradient of the word vectors is kept, and thereby whether
    Adam updates those that occur, as ours does, or all.
    """
    import torch
    from torch import nn

    torch.manual_seed(0)
    torch.set_num_threads(n_threads)
    embedding = nn.EmbeddingBag(X.shape[2], EMBEDDING, mode="sum", sparse=sparse)
    lstm = nn.LSTM(EMBEDDING, UNITS, bidirectional=True)
    output, drop = nn.Linear(2 * UNITS, int(y.max()) + 1), nn.Dropout(DROPOUT)
    others = [*lstm.parameters(), *output.parameters()]
    if sparse:
        optimizers = [
            torch.optim.SparseAdam(embedding.parameters(), lr=RATE),
            torch.optim.Adam(others, lr=RATE),
        ]
    else:
        others += embedding.parameters()
        optimizers = [torch.optim.Adam(others, lr=RATE)]
    rng = np.random.RandomState(0)

    def epoch():
        for index in np.array_split(rng.permutation(len(X)), -(-len(X) // BATCH)):
            packing = pack(X.starts[index], X.lengths[index])
            x = X.values[packing.rows]
            bags = torch.from_numpy(x.indices), torch.from_numpy(x.indptr[:-1])
            vectors = nn.utils.rnn.PackedSequence(
                drop(embedding(*bags)), torch.from_numpy(packing.sizes)
            )
            scores = output(drop(lstm(vectors)[0].data))
            target = torch.from_numpy(y[packing.rows])
            for optimizer in optimizers:
                optimizer.zero_grad()
            nn.functional.cross_entropy(scores, target).backward()
            nn.utils.clip_grad_norm_(others, 1.0)
            for optimizer in optimizers:
                optimizer.step()

    epoch()
    return seconds(epoch, EPOCHS)


def show_epoch(documents, tags):
    """Print the time of an epoch beside PyTorch's."""
    vectorizer = SequenceVectorizer(token_features=affix_features, min_df=2)
    X = vectorizer.fit_transform(documents)
    _, y = np.unique(np.concatenate(tags), return_inverse=True)
    # Ours first: the threads of PyTorch go on spinning for a while.
    ours = {f"ours, {n} thread(s)": epoch_of_ours(X, tags, n) for n in (1, 2)}
    theirs = {
        f"PyTorch, {n} thread(s), {kind} gradient of vectors": (
            epoch_of_torch(X, y, n, kind == "sparse")
        )
        for n in (1, 2)
        for kind in ("sparse", "dense")
    }
    print(f"one epoch, {len(X)} sentences, best and median of {EPOCHS}:")
    for name, (best, median) in {**ours, **theirs}.items():
        print(f"    {name:55} {best:6.2f} {median:6.2f} s")
    ratios = [
        min(time[which] for time in ours.values())
        / min(time[which] for time in theirs.values())
        for which in (0, 1)
    ]
    print(
        f"ratio of the best ones {ratios[0]:.2f} (medians {ratios[1]:.2f}), target 0.7"
    )


def show_tagging(documents, tags, test):
    """Print how many tokens a second are tagged, from lists of words on."""
    from _linear_crf import LinearCRF

    n_tokens = sum(map(len, test))
    models = {"linear CRF (sklearn-crfsuite)": LinearCRF(40)}
    for crf in (False, True):
        for n_jobs in (1, 2):
            network = tagger(n_jobs).set_params(crf=crf)
            name = f"ours, {'CRF' if crf else 'softmax'}, {n_jobs} thread(s)"
            models[name] = make_pipeline(
                SequenceVectorizer(token_features=affix_features, min_df=2), network
            )
    print(f"tagging {n_tokens} tokens, tokens a second, best of 5:")
    for name, model in models.items():
        model.fit(documents, tags)
        best, _ = seconds(lambda model=model: model.predict(test), 5)
        print(f"    {name:32} {n_tokens / best:9,.0f}")


def show_speed():
    """Print all figures."""
    warnings.simplefilter("ignore", ConvergenceWarning)
    (documents, tags), _, (test, _) = parts_of_speech()
    show_epoch(documents, tags)
    show_tagging(documents, tags, test)
