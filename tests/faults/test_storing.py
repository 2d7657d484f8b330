"""Disks that are full, and files that were cut off."""

import errno
import io
import os
import pickle

import joblib
import numpy as np
import pytest
from breaking import TASKS, WORDS, assert_same, fitted_state, quietly, results, task

from sklearn_rnn import Sequences, SequenceVectorizer


class FullDisk(io.BytesIO):
    """A file with room for so many bytes."""

    def __init__(self, room):
        super().__init__()
        self.room = room

    def write(self, data):
        if self.tell() + memoryview(data).nbytes > self.room:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(data)


def skops_dump(estimator, file):
    pytest.importorskip("skops.io").dump(estimator, file)


def skops_load(file):
    io = pytest.importorskip("skops.io")
    return io.load(file, trusted=io.get_untrusted_types(file=file))


WAYS = {
    "pickle": (pickle.dump, pickle.load),
    "joblib": (joblib.dump, joblib.load),
    "skops": (skops_dump, skops_load),
}
ways = pytest.mark.parametrize(("dump", "load"), WAYS.values(), ids=WAYS)


def stored(dump, estimator):
    file = io.BytesIO()
    dump(estimator, file)
    return file.getvalue()


@ways
@pytest.mark.parametrize("name", TASKS)
def test_a_full_disk(name, dump, load):
    """An error, wherever the room ends; the estimator is what it was."""
    estimator, X, y = task(name)
    quietly(estimator.fit, X, y)
    before, size = fitted_state(estimator), len(stored(dump, estimator))
    for room in np.linspace(0, size - 1, 6).astype(int):
        with pytest.raises(OSError, match="No space left"):
            dump(estimator, FullDisk(room))
        assert_same(fitted_state(estimator), before)
    loaded = load(io.BytesIO(stored(dump, estimator)))
    assert_same(results(loaded, X), results(estimator, X))


@ways
@pytest.mark.parametrize("name", TASKS)
def test_a_file_that_was_cut_off(name, dump, load):
    """An error, and nothing that looks like an estimator."""
    estimator, X, y = task(name)
    whole = stored(dump, quietly(estimator.fit, X, y))
    for size in np.linspace(0, len(whole) - 1, 12).astype(int):
        with pytest.raises(Exception):  # noqa: B017, PT011 each library has its own
            load(io.BytesIO(whole[:size]))


@pytest.mark.parametrize("thing", ["sequences", "sparse sequences", "vectorizer"])
@pytest.mark.parametrize("way", ["pickle", "joblib"])
def test_other_things(thing, way):
    dump, load = WAYS[way]
    things = {
        "sequences": Sequences.from_list([[1.0, 2.0], [3.0]]),
        "sparse sequences": SequenceVectorizer().fit_transform(WORDS),
        "vectorizer": SequenceVectorizer().fit(WORDS),
    }
    whole = stored(dump, things[thing])
    for size in range(0, len(whole), max(1, len(whole) // 20)):
        with pytest.raises(OSError, match="No space left"):
            dump(things[thing], FullDisk(size))
        with pytest.raises(Exception):  # noqa: B017, PT011
            load(io.BytesIO(whole[:size]))
    assert type(load(io.BytesIO(whole))) is type(things[thing])


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is full")
@pytest.mark.parametrize("name", ["classifier", "generator"])
def test_a_device_that_is_full(name):
    estimator, X, y = task(name)
    quietly(estimator.fit, X, y)
    before = fitted_state(estimator)
    for dump in (pickle.dump, joblib.dump):
        with (
            pytest.raises(OSError, match="No space left"),
            open("/dev/full", "wb", buffering=0) as file,
        ):
            dump(estimator, file)
    X = Sequences.from_list([[1.0, 2.0], [3.0]])
    with (
        pytest.raises(OSError, match=r"No space left|requested"),
        open("/dev/full", "wb", buffering=0) as file,
    ):
        np.save(file, X.values)
    assert_same(fitted_state(estimator), before)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is full")
def test_an_onnx_model_on_a_full_device():
    onnx = pytest.importorskip("onnx")
    from sklearn_rnn.export import to_onnx

    estimator, X, y = task("classifier")
    quietly(estimator.fit, X, y)
    before, model = fitted_state(estimator), to_onnx(estimator)
    with pytest.raises(OSError, match="No space left"):
        onnx.save(model, "/dev/full")
    assert_same(fitted_state(estimator), before)
