"""Run a network without Python
============================

A network that tells names of women and men apart is written as an ONNX model. Such
files run where there is no Python, in a browser, on a phone or in a server; here
onnxruntime runs it, which must be installed, and is compared with what it was made of.
"""

import tempfile
import time
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from sklearn.model_selection import train_test_split

from sklearn_rnn import RNNClassifier, SequenceVectorizer
from sklearn_rnn.datasets import load_names
from sklearn_rnn.export import to_onnx

names, gender = load_names(return_X_y=True)
names, others, gender, true = train_test_split(names, gender, random_state=0)
letters = SequenceVectorizer(analyzer="char", lowercase=True)
classifier = RNNClassifier(bidirectional=True, dropout=0.3, random_state=0)
classifier.fit(letters.fit_transform(names), gender)
print(f"accuracy {classifier.score(letters.transform(others), true):.3f}")

# %%
# Write and read the file
# -----------------------
# What goes in are padded sequences and their lengths.

with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "names.onnx"
    onnx.save(to_onnx(classifier), path)
    print(f"{path.name}: {path.stat().st_size / 1024:.0f} kB")
    session = onnxruntime.InferenceSession(path)

for value in (*session.get_inputs(), *session.get_outputs()):
    print(f"{value.name:14} {value.type:14} {value.shape}")

# %%
# From letters to numbers
# -----------------------
# The vectorizer is not in the file: whoever calls the model turns letters into steps.
# The vocabulary says which feature of a step is one.

number_of = letters.vocabulary_


def encode(name):
    """One sequence, as the model takes it."""
    columns = [number_of.get(letter, number_of["<unk>"]) for letter in name.lower()]
    X = np.zeros((1, len(name), len(number_of)), np.float32)
    X[0, np.arange(len(name)), columns] = 1.0
    return {"X": X, "lengths": np.array([len(name)])}


for name in ["Rosalind", "Ottoline", "Bertram", "Zebedee"]:
    [label], [p] = session.run(["label", "probabilities"], encode(name))
    print(f"{name:10} {label:8} {p.max():.2f}")

# %%
# The same answers, sooner
# ------------------------
# All names that were held out, one by one. Reading and checking whatever people call
# sequences takes scikit-learn's way of predicting longer than the network itself takes.


def seconds(predict):
    """All predictions, and how long one of them took on average."""
    start = time.perf_counter()
    predicted = [predict(name) for name in others]
    return np.concatenate(predicted), (time.perf_counter() - start) / len(others)


here, slow = seconds(lambda name: classifier.predict_proba(letters.transform([name])))
there, fast = seconds(lambda name: session.run(["probabilities"], encode(name))[0])
print(f"largest difference {np.abs(here - there).max():.1e}")
print(f"{1000 * slow:.2f} ms a name here, {1000 * fast:.2f} ms in onnxruntime")
