"""Quality on text: published splits, mean and spread over three seeds.

    SKLEARN_RNN_DATA=… python benchmarks/text.py [--seeds 3] [--only PATTERN]
    SKLEARN_RNN_DATA=… python benchmarks/text.py --tune [--only PATTERN]

The first command prints accuracies on test data beside logistic regression on tf-idf of
words and pairs of words (names: on characters and their sequences up to five), which is
computed in the same run. The second prints what the parameters of the networks were
chosen by: accuracy on a part of the training data, mean over four splits and its
standard error. Two fits run at a time.
"""

from _data import questions
from sklearn.ensemble import VotingClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline

from sklearn_rnn import RNNClassifier, SequenceVectorizer
from sklearn_rnn.vectorizer import affix_features


def windows(name, width=3):
    """The letters of a name, each with those in front of it."""
    padded = "^" * (width - 1) + name.lower()
    return [padded[i : i + width] for i in range(len(name))]


def endings(window):
    """One letter, two and three: what a window ends with."""
    return [window[-n:] for n in range(1, len(window) + 1)]


def official(read):
    """Splits: the official one, of data sets whose first part is for training."""

    def splits():
        (X, y), *_, (X_test, y_test) = read()
        yield X, y, X_test, y_test

    return splits


def three_folds(read):
    """Splits: the first three folds of ten."""

    def splits():
        X, y = read()
        folds = StratifiedKFold(10, shuffle=True, random_state=0).split(X, y)
        for _, (train, test) in zip(range(3), folds, strict=False):
            yield X[train], y[train], X[test], y[test]

    return splits


def network(vectorizer, classifier, seed):
    """The pipeline that is measured."""
    return make_pipeline(
        SequenceVectorizer(**vectorizer), RNNClassifier(random_state=seed, **classifier)
    )


def bag_of_words(analyzer="word", n=2, C=10.0):
    """The usual baseline."""
    tfidf = TfidfVectorizer(
        analyzer=analyzer, ngram_range=(1, n), token_pattern=r"\S+", sublinear_tf=True
    )
    return make_pipeline(tfidf, LogisticRegression(C=C, max_iter=1000))


def vote(vectorizer, classifier, seed):
    """The network and the baseline, mean of their probabilities."""
    models = [("rnn", network(vectorizer, classifier, seed)), ("bag", bag_of_words())]
    return VotingClassifier(models, voting="soft")


AFFIXES = {"token_features": affix_features, "lowercase": False, "min_df": 2}
GRAMS = {"analyzer": windows, "token_features": endings}
CHOICES = {
    "trec": (
        official(questions),
        {
            "defaults": ({}, {}),
        },
    ),
}
