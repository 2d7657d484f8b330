"""Learning from files larger than memory
=======================================

Recordings of sixteen sensors lie in many files. Two of the sensors are struck once in
each recording, and the question is which of them was first; the others hear noise. A
file is read, learned from with ``partial_fit``, and forgotten, so that memory holds one
of them at a time, however many there are.
"""

import tempfile
import tracemalloc
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from sklearn_rnn import RNNClassifier, Sequences

N_FILES, N_SENSORS = 80, 16
rng = np.random.RandomState(0)


def record(n_recordings=400):
    """Recordings of 30 to 60 steps, and which sensor was struck first."""
    lengths = rng.randint(30, 61, size=n_recordings)
    starts = np.cumsum(lengths) - lengths
    values = rng.normal(scale=0.5, size=(lengths.sum(), N_SENSORS))
    first = rng.randint(2, size=n_recordings)
    early = rng.randint(0, lengths // 2)
    late = early + rng.randint(1, lengths - early)
    values[starts + early, first] += 3
    values[starts + late, 1 - first] += 3
    return values.astype(np.float32), lengths, first


# %%
# The files, and some recordings to test with:

folder = tempfile.TemporaryDirectory()
for i in range(N_FILES):
    values, lengths, first = record()
    np.savez(Path(folder.name) / f"{i:03}.npz", values=values, lengths=lengths, y=first)
files = sorted(Path(folder.name).glob("*.npz"))
on_disk = sum(file.stat().st_size for file in files)
values, lengths, y_test = record(200)
X_test = Sequences(values, lengths)

# %%
# One pass over them. ``partial_fit`` needs to know all classes the first time, as the
# first file need not have all of them.

classifier = RNNClassifier(16, learning_rate_init=3e-3, random_state=0)
scores, peaks = [], []
tracemalloc.start()
for file in files:
    tracemalloc.reset_peak()
    with np.load(file) as chunk:
        X, y = Sequences(chunk["values"], chunk["lengths"]), chunk["y"]
    classifier.partial_fit(X, y, classes=[0, 1])
    scores.append(classifier.score(X_test, y_test))
    peaks.append(tracemalloc.get_traced_memory()[1])
tracemalloc.stop()
folder.cleanup()

peak = max(peaks[1:])  # what the first file took was to import what training needs
print(f"on disk           {on_disk / 1e6:5.1f} MB in {N_FILES} files")
print(f"peak of memory    {peak / 1e6:5.1f} MB")
for n in (1, 5, 20, N_FILES):
    print(f"accuracy after {n:2} {scores[n - 1]:6.3f}")

figure, ax = plt.subplots(figsize=(7, 4), layout="constrained")
ax.plot(np.arange(N_FILES) + 1, scores, marker=".")
ax.axhline(0.5, color="0.7", ls="--", label="chance")
ax.set(xlabel="files learned from", ylabel="accuracy on other recordings")
ax.legend()
plt.show()
