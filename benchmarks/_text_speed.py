"""Time and memory of text on `rt_polarity`; see text.py."""

import gc
import time
import tracemalloc
import warnings

import numpy as np
from _data import film_sentences
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import CountVectorizer

from sklearn_rnn import RNNClassifier, SequenceVectorizer

UNITS, EMBEDDING, BATCH, EPOCHS = 64, 64, 32, 3


def seconds(function, repetitions):
    """Least time of several calls."""
    times = []
    for _ in range(repetitions):
        gc.collect()
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times)


def vectorizing(documents):
    """Print time beside that of CountVectorizer, and memory."""
    counting = seconds(lambda: CountVectorizer().fit_transform(documents), 7)
    ours = seconds(lambda: SequenceVectorizer().fit_transform(documents), 7)
    print(
        f"fit_transform: {ours:.3f} s, CountVectorizer {counting:.3f} s, "
        f"ratio {ours / counting:.2f} (target: 1.5)"
    )
    vectorizer = SequenceVectorizer().fit(documents)
    tracemalloc.start()
    sequences = vectorizer.transform(documents)
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    dense = 4 * np.prod(sequences.values.shape) / 1e9
    print(
        f"transform: peak memory {peak:.0f} MB above the input (target: 60), while the "
        f"same steps as a dense array would take {dense:.0f} GB"
    )


def epoch_of_ours(sequences, y, n_jobs):
    """Seconds of an epoch after the first."""
    warnings.simplefilter("ignore", ConvergenceWarning)
    network = RNNClassifier(
        UNITS,
        embedding_dim=EMBEDDING,
        batch_size=BATCH,
        max_iter=1,
        learning_rate="constant",
        warm_start=True,
        random_state=0,
        n_jobs=n_jobs,
    ).fit(sequences, y)
    return seconds(lambda: network.fit(sequences, y), EPOCHS)


def epoch_of_skorch(ids, lengths, y, n_threads):
    """The same network by nn.Embedding and packed sequences."""
    import skorch
    import torch
    from torch import nn

    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding = nn.Embedding(int(ids.max()) + 1, EMBEDDING)
            self.gru = nn.GRU(EMBEDDING, UNITS, batch_first=True)
            self.output = nn.Linear(UNITS, 2)

        def forward(self, ids, lengths):
            packed = nn.utils.rnn.pack_padded_sequence(
                self.embedding(ids), lengths, batch_first=True, enforce_sorted=False
            )
            return self.output(self.gru(packed)[1][-1])

    torch.set_num_threads(n_threads)
    network = skorch.NeuralNetClassifier(
        Network,
        criterion=nn.CrossEntropyLoss,
        optimizer=torch.optim.Adam,
        lr=5e-3,
        batch_size=BATCH,
        max_epochs=EPOCHS + 1,
        train_split=None,
        iterator_train__shuffle=True,
        verbose=0,
    ).fit({"ids": ids, "lengths": lengths}, y)
    return min(network.history[1:, "dur"])


def show_speed():
    """Print all figures."""
    documents, labels = film_sentences()
    vectorizing(documents)
    sequences = SequenceVectorizer().fit_transform(documents)
    ids = SequenceVectorizer(output="ids").fit_transform(documents)
    y = (labels == "pos").astype(np.int64)
    lengths = sequences.lengths.astype(np.int64)
    # Ours first: the threads of PyTorch go on spinning for a while.
    ours = [epoch_of_ours(sequences, y, threads) for threads in (1, 2)]
    theirs = [epoch_of_skorch(ids, lengths, y, threads) for threads in (1, 2)]
    print(
        f"one epoch on 1 and 2 threads: {ours[0]:.2f} and {ours[1]:.2f} s, skorch "
        f"{theirs[0]:.2f} and {theirs[1]:.2f} s, ratio of the better ones "
        f"{min(ours) / min(theirs):.2f} (target: 0.5)"
    )
