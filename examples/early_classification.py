"""How early can one tell? A picture of probabilities after every step
====================================================================

`staged_predict_proba` gives the probabilities after one step, two steps and so on, in
a single pass. On the left, first names are read letter by letter; on the right, scanned
digits are read row by row, from the top. Needs matplotlib:
``pip install -e ".[plots]"``. With the name of a file, the picture is saved there:

    python examples/early_classification.py [picture.png]
"""

import sys

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline

from sklearn_rnn import RNNClassifier, SequenceVectorizer
from sklearn_rnn.datasets import load_names

figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")

# Names, letter by letter.
some = ["Christine", "Christopher"]
names, gender = load_names(return_X_y=True)
rest = [name not in some for name in names]
letters = SequenceVectorizer(analyzer="char", lowercase=True)
reader = make_pipeline(letters, RNNClassifier(dropout=0.5, random_state=0))
reader.fit(np.array(names)[rest], gender[rest])
stages = list(reader[-1].staged_predict_proba(letters.transform(some)))
female = np.array(stages)[:, :, 0]  # (letters of the longest name, names)
for column, (style, above) in enumerate([("o-", 8), ("s--", -16)]):
    name, steps = some[column], np.arange(1, len(some[column]) + 1)
    left.plot(steps, female[: len(name), column], style, label=name)
    for step, letter in zip(steps, name, strict=True):
        left.annotate(
            letter,
            (step, female[step - 1, column]),
            xytext=(0, above),
            textcoords="offset points",
            ha="center",
        )
left.axhline(0.5, color="0.8", zorder=0)
left.set(xlabel="letters read", ylabel="probability of a woman's name")
left.set(xticks=range(1, 12), ylim=(-0.12, 1.12))
left.legend(loc="upper left", frameon=False)

# Digits, row by row.
X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(
    X.reshape(-1, 8, 8) / 16, y, random_state=0, stratify=y
)
rows = np.arange(1, 9)
for pooling, style in [("mean", "o-"), ("last", "s--")]:
    network = RNNClassifier(pooling=pooling, random_state=0).fit(X_train, y_train)
    stages = network.staged_predict_proba(X_test)
    accuracy = [(p.argmax(axis=1) == y_test).mean() for p in stages]
    right.plot(rows, accuracy, style, label=f'pooling="{pooling}"')
    print(
        f"{pooling}: right after 1 to 8 rows", *(f"{share:.2f}" for share in accuracy)
    )
right.axhline(0.1, color="0.8", zorder=0)
right.annotate("chance", (1, 0.12), color="0.5")
right.set(xlabel="rows of the image read, of 8", ylabel="accuracy", ylim=(0, 1.05))
right.legend(loc="upper left", frameon=False)

if sys.argv[1:]:
    figure.savefig(sys.argv[1], dpi=150)
else:
    plt.show()
