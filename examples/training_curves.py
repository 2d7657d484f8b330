"""Is it time to stop? Training curves
====================================

`TrainingCurveDisplay` draws what every fit remembers: the training loss of each epoch
and, if a part was held out, loss and score on that part.
"""

import matplotlib.pyplot as plt
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline

from sklearn_rnn import RNNClassifier, SequenceVectorizer
from sklearn_rnn.datasets import load_names
from sklearn_rnn.inspection import TrainingCurveDisplay

names, gender = load_names(return_X_y=True)
letters = SequenceVectorizer(analyzer="char", lowercase=True)
X = letters.fit_transform(names)
X_train, X_val, y_train, y_val = train_test_split(X, gender, random_state=0)

# %%
# A part that is given is looked at after each epoch, and changes nothing else. The
# network learns its names by heart: the loss on the others is the least after a few
# epochs.

network = RNNClassifier(max_iter=30, random_state=0)
network.fit(X_train, y_train, X_val=X_val, y_val=y_val)
TrainingCurveDisplay.from_estimator(network)

# %%
# Early stopping holds out a part by itself, and keeps the weights of the epoch with the
# best score: of equal ones, that with the smaller loss. Pipelines are drawn, too.

reader = make_pipeline(
    letters,
    RNNClassifier(early_stopping=True, validation_fraction=0.25, random_state=0),
)
reader.fit(names, gender)
display = TrainingCurveDisplay.from_estimator(reader)
print(f"epochs: {reader[-1].n_iter_}, best one: {display.best_epoch}")
plt.show()
