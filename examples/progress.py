"""Watch it learn, and stop when it is good enough
===============================================

scikit-learn's callbacks watch every epoch: `ScoringMonitor` keeps the accuracy on what
is learned from, `ValidationScorer` turns it to reviews that are not, and a callback of
one's own stops when nothing is to be gained. Needs scikit-learn 1.9.
"""

import matplotlib.pyplot as plt
from sklearn.callback import ScoringMonitor
from sklearn.model_selection import train_test_split

from sklearn_rnn import RNNClassifier, SequenceVectorizer
from sklearn_rnn.datasets import load_reviews
from sklearn_rnn.metrics import ValidationScorer

reviews = load_reviews()
X = SequenceVectorizer(min_df=2).fit_transform(reviews.data)
X, X_val, y, y_val = train_test_split(
    X, reviews.topic, test_size=100, stratify=reviews.topic, random_state=0
)

# %%
# Two monitors and a rule
# -----------------------
# A callback is any object with these four methods; training stops when the last one
# returns true.


class StopWhenLearned:
    """Stops when the training loss says that there is nothing left to learn."""

    def setup(self, estimator, context):
        """Nothing to prepare."""

    def teardown(self, estimator, context):
        """Nothing to clear away."""

    def on_fit_task_begin(self, estimator, context):
        """Nothing to do before an epoch."""

    def on_fit_task_end(self, estimator, context, *, fitted_estimator):
        """After an epoch, or after all of them."""
        return context.task_name == "epoch" and fitted_estimator.loss_ < 0.001


seen = ScoringMonitor(scoring="accuracy")
unseen = ScoringMonitor(scoring=ValidationScorer(X_val, y_val, "accuracy"))
classifier = RNNClassifier(random_state=0, verbose=True)
classifier.set_callbacks(seen, unseen, StopWhenLearned()).fit(X, y)
print(f"stopped after {classifier.n_iter_} epochs")


# %%
# What they saw
# -------------


def epochs(monitor, name):
    """Scores of the epochs, without that of the whole fit."""
    rows = monitor.get_logs().data
    return [row[name] for row in rows if row["task_name"] == "epoch"]


_, ax = plt.subplots(layout="constrained")
number = range(1, classifier.n_iter_ + 1)
ax.plot(number, epochs(seen, "accuracy"), "k--", label="learned from")
ax.plot(number, epochs(unseen, "validation_score"), "k-", label="held out")
ax.set(xlabel="epoch", ylabel="accuracy")
ax.legend(frameon=False)
plt.show()
