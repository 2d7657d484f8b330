"""Scanned digits, read from top to bottom
==========================================

Each of scikit-learn's 1,797 scanned digits is an image of 8 x 8 pixels. Here it is a
sequence of 8 steps, the rows, with 8 features each, and a recurrent network reads it
from top to bottom before it says which digit it is. The network is an ordinary
scikit-learn estimator at the end of an ordinary pipeline.
"""

import time

from sklearn.datasets import load_digits
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_rnn import RNNClassifier, StepwiseTransformer

digits = load_digits()
X, y = digits.images, digits.target  # (1797, 8, 8): sequences, steps, features

# %%
# A scaler for the columns of the images, then the network: five fits, each on four
# fifths of the images, tell how well it does on others.

model = make_pipeline(
    StepwiseTransformer(StandardScaler()),  # scales every pixel column
    RNNClassifier(random_state=0),
)

start = time.perf_counter()
folds = StratifiedKFold(5, shuffle=True, random_state=0)
scores = cross_val_score(model, X, y, cv=folds)
seconds = time.perf_counter() - start
print(f"accuracy in 5-fold cross-validation: {scores.mean():.3f} ± {scores.std():.3f}")
print(f"({len(scores)} fits in {seconds:.1f} s)")

# %%
# Trained once more, on all digits, to look at the learning curve:

network = model.fit(X, y)[-1]
print("epoch   training loss")
widest = max(network.loss_curve_)
for epoch, loss in enumerate(network.loss_curve_, start=1):
    print(f"{epoch:5}   {loss:.4f}  {'█' * round(50 * loss / widest)}")

# %%
# The first ten digits, and how the network reads them:

print(f"digits: {y[:10]}")
print(f"read:   {model.predict(X[:10])}")
