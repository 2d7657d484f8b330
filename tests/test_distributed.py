"""Searches and predictions on the processes of a dask cluster."""

import os
import signal

import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config
from numpy.testing import assert_allclose
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline

from sklearn_rnn import (
    RNNClassifier,
    RNNSequenceTagger,
    Sequences,
    SequenceVectorizer,
    predictions_to_frame,
)

distributed = pytest.importorskip("distributed")

RNN = dict(max_iter=60, random_state=0)
SECONDS = 240  # after which the tests give up, so that none hangs

rng = np.random.RandomState(0)
WORDS = np.array(["good", "bad", "soup", "film", "the"])
TEXTS = [" ".join(rng.choice(WORDS, rng.randint(2, 6))) for _ in range(40)]
SIGNS = np.array(["good" in text for text in TEXTS])
NUMBERS = [rng.normal(size=(rng.randint(2, 6), 1)) for _ in range(40)]
LARGE = np.array([x.sum() > 0 for x in NUMBERS])


def give_up(signum, frame):
    raise TimeoutError(f"no end after {SECONDS} s")


@pytest.fixture(scope="module", autouse=True)
def cluster():
    """Two processes of one thread each."""
    if hasattr(signal, "SIGALRM"):  # not on Windows
        signal.signal(signal.SIGALRM, give_up)
        signal.alarm(SECONDS)
    try:
        with (
            distributed.LocalCluster(
                n_workers=2,
                threads_per_worker=1,
                processes=True,
                dashboard_address=":0",  # of a server for HTTP that is there anyway
                scheduler_kwargs={"dashboard": False},
            ) as cluster,
            distributed.Client(cluster, timeout=SECONDS),
        ):
            yield cluster
    finally:
        if hasattr(signal, "SIGALRM"):
            signal.alarm(0)


def dask_dataframe():
    """The module, which does not import without pyarrow."""
    pytest.importorskip("pyarrow")
    return pytest.importorskip("dask.dataframe")


def on_cluster():
    return parallel_config(backend="dask", wait_for_workers_timeout=SECONDS)


@pytest.mark.parametrize(
    ("model", "X", "y", "grid"),
    [
        (RNNClassifier(**RNN), NUMBERS, LARGE, {"hidden_layer_sizes": [1, 3]}),
        (
            make_pipeline(SequenceVectorizer(), RNNClassifier(3, **RNN)),
            *(TEXTS, SIGNS),
            {
                "sequencevectorizer__min_df": [1, 12],
                "rnnclassifier__pooling": ["last", "max"],
            },
        ),
    ],
    ids=["numbers", "pipeline of text"],
)
def test_grid_search_is_that_of_one_process(model, X, y, grid):
    search = GridSearchCV(model, grid, cv=2, scoring="neg_log_loss")
    with on_cluster():
        there = clone(search).fit(X, y)
    here = clone(search).set_params(n_jobs=1).fit(X, y)
    scores = "mean_test_score"
    assert len(set(here.cv_results_[scores].round(6))) > 1
    assert_allclose(there.cv_results_[scores], here.cv_results_[scores], rtol=1e-6)
    assert there.best_params_ == here.best_params_
    assert_allclose(there.predict_proba(X), here.predict_proba(X), rtol=1e-5)


def test_fits_run_in_the_processes_of_the_cluster(cluster):
    workers = {worker.pid for worker in cluster.workers.values()}
    with on_cluster():
        pids = cross_val_score(
            RNNClassifier(1, **RNN),
            NUMBERS,
            LARGE,
            cv=4,
            scoring=lambda *_: os.getpid(),
        )
    assert {*pids} <= workers
    assert os.getpid() not in workers


def test_sequences_are_sent_once(monkeypatch):
    sent = []

    def reduce(self, protocol):
        sent.append(self)
        return object.__reduce_ex__(self, protocol)

    monkeypatch.setattr(Sequences, "__reduce_ex__", reduce)
    X = Sequences.from_list(NUMBERS)
    with on_cluster():
        cross_val_score(RNNClassifier(1, **RNN), X, LARGE, cv=4)
    assert len(sent) == 1


def test_predictions_of_a_bag():
    """Partition by partition, as lists of sequences or of texts."""
    from dask import bag

    model = make_pipeline(SequenceVectorizer(), RNNClassifier(3, **RNN))
    model.fit(TEXTS, SIGNS)
    parts = bag.from_sequence(TEXTS, npartitions=3)
    found = parts.map_partitions(lambda texts: [*model.predict([*texts])])
    assert found.compute() == list(model.predict(TEXTS))
    classifier = RNNClassifier(3, **RNN).fit(NUMBERS, LARGE)
    parts = bag.from_sequence(NUMBERS, npartitions=3)
    found = parts.map_partitions(
        lambda part: list(classifier.predict_proba(list(part)))
    )
    assert_allclose(found.compute(), classifier.predict_proba(NUMBERS), rtol=1e-6)


def test_predictions_of_a_column_of_text():
    dataframe = dask_dataframe()
    model = make_pipeline(SequenceVectorizer(), RNNClassifier(3, **RNN))
    model.fit(TEXTS, SIGNS)
    table = pd.DataFrame({"text": TEXTS}, index=np.arange(40)[::-1])

    def predict(text):
        return pd.Series(model.predict(text), text.index)

    parts = dataframe.from_pandas(table, npartitions=3, sort=False)
    found = parts["text"].map_partitions(predict, meta=(None, bool)).compute()
    expected = pd.Series(model.predict(table["text"]), table.index)
    pd.testing.assert_series_equal(found, expected)


def test_predictions_of_a_long_table():
    """Shuffled such that no sequence is divided."""
    dataframe = dask_dataframe()
    table = pd.DataFrame(
        {"who": rng.randint(9, size=200), "x": rng.normal(size=200)},
    )
    X = Sequences.from_frame(table, by="who", columns="x")
    tagger = RNNSequenceTagger(3, **RNN).fit(X, [(x[:, 0] > 0).tolist() for x in X])

    def predict(part):
        if not len(part):  # as many sequences may fall on one partition
            return predictions_to_frame([], part, by="who").astype(bool)
        X = Sequences.from_frame(part, by="who", columns="x")
        return predictions_to_frame(tagger.predict(X), part, by="who")

    parts = dataframe.from_pandas(table, npartitions=5).shuffle("who")
    found = parts.map_partitions(predict, meta={"prediction": bool}).compute()
    expected = predictions_to_frame(tagger.predict(X), table, by="who")
    pd.testing.assert_frame_equal(found.sort_index(), expected)
