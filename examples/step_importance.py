"""Which steps does a classifier look at?
=======================================

`step_importance` exchanges what is at a step between sequences, and tells by how much
the score falls: permutation importance over time, or over the features of the steps.
"""

import matplotlib.pyplot as plt
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from sklearn_rnn import RNNClassifier, SequenceVectorizer
from sklearn_rnn.datasets import load_names
from sklearn_rnn.inspection import StepImportanceDisplay, step_importance

# %%
# Names of men and women, read letter by letter. Names are of different lengths, so
# letters can be counted from the start or from the end. Endings tell most.

names, gender = load_names(return_X_y=True)
letters = SequenceVectorizer(analyzer="char", lowercase=True)
X = letters.fit_transform(names)
X_train, X_test, y_train, y_test = train_test_split(
    X, gender, test_size=0.5, random_state=0, stratify=gender
)
reader = RNNClassifier(dropout=0.5, max_iter=20, random_state=0).fit(X_train, y_train)
print(f"accuracy: {reader.score(X_test, y_test):.2f}")

figure, axes = plt.subplots(1, 2, figsize=(10, 3.5), layout="constrained", sharey=True)
for ax, by in zip(axes, ["step", "step_from_end"], strict=True):
    StepImportanceDisplay.from_estimator(
        reader, X_test, y_test, by=by, n_repeats=20, random_state=0, ax=ax
    )
axes[0].set(xlabel="letter exchanged", ylabel="fall of the accuracy")
axes[1].set(xlabel="letter exchanged, counted back from the last one", ylabel="")

# %%
# Each letter is a feature, too: which of them are missed, wherever they stand?

result = step_importance(
    reader, X_test, y_test, by="feature", n_repeats=20, random_state=0
)
for i in result.importances_mean.argsort()[:-6:-1]:
    mean, std = result.importances_mean[i], result.importances_std[i]
    print(f"{result.names[i]}: {mean:.3f} ± {std:.3f}")

# %%
# Images of digits, read row by row: here steps are rows, and features are columns.

X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(
    X.reshape(-1, 8, 8) / 16, y, random_state=0, stratify=y
)
network = RNNClassifier(random_state=0).fit(X_train, y_train)
figure, axes = plt.subplots(1, 2, figsize=(10, 3.5), layout="constrained")
for ax, by in zip(axes, ["step", "feature"], strict=True):
    StepImportanceDisplay.from_estimator(
        network, X_test, y_test, by=by, random_state=0, ax=ax
    )
axes[0].set(xlabel="row exchanged", ylabel="fall of the accuracy")
axes[1].set(ylabel="column exchanged", xlabel="fall of the accuracy")
plt.show()
