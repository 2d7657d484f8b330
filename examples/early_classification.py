"""How early can one tell? A picture of probabilities after every step
====================================================================

`staged_predict_proba` gives the probabilities after one step, two steps and so on, in
a single pass. First names are read letter by letter, and scanned digits row by row,
from the top.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline

from sklearn_rnn import RNNClassifier, SequenceVectorizer
from sklearn_rnn.datasets import load_names
from sklearn_rnn.inspection import StagedProbabilitiesDisplay

# %%
# Two names that are not among those learned begin with the same six letters.

some = ["Christine", "Christopher"]
names, gender = load_names(return_X_y=True)
rest = [name not in some for name in names]
reader = make_pipeline(
    SequenceVectorizer(analyzer="char", lowercase=True),
    RNNClassifier(dropout=0.5, random_state=0),
)
reader.fit(np.array(names)[rest], gender[rest])

figure, axes = plt.subplots(1, 2, figsize=(9, 3.5), layout="constrained", sharey=True)
for ax, name in zip(axes, some, strict=True):
    StagedProbabilitiesDisplay.from_estimator(
        reader, name, steps=name, ax=ax, classes=["female"]
    )
    ax.axhline(0.5, color="0.8", zorder=0)
    ax.set_xlabel("letter read")
axes[1].set_ylabel("")

# %%
# Of an image of a handwritten digit, each row is a step. Of the ten classes, those are
# drawn that are the most probable one at some time.

X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(
    X.reshape(-1, 8, 8) / 16, y, random_state=0, stratify=y
)
last = RNNClassifier(random_state=0).fit(X_train, y_train)
display = StagedProbabilitiesDisplay.from_estimator(last, X_test[8])
display.ax_.set(xlabel="rows of the image read", title=f"an image of {y_test[8]}")

# %%
# How many digits are right after each row? The network that looks at its last state has
# learned to wait for the end; the mean over all states is useful earlier.

figure, ax = plt.subplots(figsize=(5, 3.5), layout="constrained")
mean = RNNClassifier(pooling="mean", random_state=0).fit(X_train, y_train)
for network, style in [(mean, "o-"), (last, "s--")]:
    stages = network.staged_predict_proba(X_test)
    accuracy = [(p.argmax(axis=1) == y_test).mean() for p in stages]
    ax.plot(np.arange(1, 9), accuracy, style, label=f'pooling="{network.pooling}"')
    print(f"{network.pooling}: right after 1 to 8 rows", *np.round(accuracy, 2))
ax.axhline(0.1, color="0.8", zorder=0)
ax.annotate("chance", (1, 0.12), color="0.5")
ax.set(xlabel="rows of the image read, of 8", ylabel="accuracy", ylim=(0, 1.05))
ax.legend(loc="upper left", frameon=False)
plt.show()
