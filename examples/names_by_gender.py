"""Female or male? First names, letter by letter
================================================

A name is a sequence of characters. Here each step says which letter comes, and which
two and three letters end there (`token_features`), so that the network sees endings
such as "-ine" at a glance. Compare it with letters alone.
"""

import matplotlib.pyplot as plt
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline

from sklearn_rnn import RNNClassifier, SequenceVectorizer
from sklearn_rnn.datasets import load_names


def windows(name, width=3):
    """The letters of a name, each with those in front of it."""
    padded = "^" * (width - 1) + name.lower()
    return [padded[i : i + width] for i in range(len(name))]


def endings(window):
    """One letter, two and three: what a window ends with."""
    return [window[-n:] for n in range(1, len(window) + 1)]


print(windows("Ada"))
print([endings(window) for window in windows("Ada")])

# %%
# Two pipelines, which differ in what a step says.

names, gender = load_names(return_X_y=True)
letters = make_pipeline(
    SequenceVectorizer(analyzer="char", lowercase=True), RNNClassifier(random_state=0)
)
groups = make_pipeline(
    SequenceVectorizer(analyzer=windows, token_features=endings),
    RNNClassifier(embedding_dim=32, dropout=0.5, input_dropout=0.3, random_state=0),
)
folds = StratifiedKFold(5, shuffle=True, random_state=0)
for what, model in [("letters", letters), ("and groups of letters", groups)]:
    scores = cross_val_score(model, names, gender, cv=folds)
    print(f"{what:22} accuracy in 5 folds {scores.mean():.3f} ± {scores.std():.3f}")

# %%
# Some names that are not in the list:

some = ["Rosalind", "Ottoline", "Philippa", "Bertram", "Kermit", "Zebedee"]
female, male = groups.fit(names, gender).predict_proba(some).T
for name, p in zip(some, female, strict=True):
    print(f"{name:10} {p:.2f} female")

figure, ax = plt.subplots(figsize=(7, 3.5), layout="constrained")
ax.barh(some, female, color="C0", label="female")
ax.barh(some, male, left=female, color="0.85", label="male")
ax.axvline(0.5, color="white")
ax.invert_yaxis()
ax.set(xlabel="probability", xlim=(0, 1))
ax.legend(loc="upper center", bbox_to_anchor=(0.5, 1.15), ncols=2, frameon=False)
plt.show()
