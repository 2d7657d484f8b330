"""Female or male? First names, letter by letter
================================================

A name is a sequence of characters. Here each step says which letter comes, and which
two and three letters end there (`token_features`), so that the network sees endings
such as "-ine" at a glance. Compare it with letters alone.
"""

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

groups.fit(names, gender)
print()
for name in ["Rosalind", "Bertram", "Ottoline", "Kermit", "Philippa", "Zebedee"]:
    female, _ = groups.predict_proba([name])[0]
    print(f"{name:10} {female:.2f} female  {'#' * round(30 * female)}")
