"""Which way does it move? Classes of short films
===============================================

A film is a sequence of images. In each of these a spot moves in one of four directions,
and what leaves the picture on one side comes back on the other, so a single image, or
the mean of all, says nothing about the class. Films differ in length.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import ConfusionMatrixDisplay
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline

from sklearn_rnn import RNNClassifier, StepwiseTransformer

SIZE = 8  # pixels a side
DIRECTIONS = {"up": (-1, 0), "down": (1, 0), "left": (0, -1), "right": (0, 1)}


def film(rng, direction):
    """Images (n_images, SIZE * SIZE) of a blurred spot that moves, with noise."""
    row, column = np.ogrid[:SIZE, :SIZE]
    spot = np.exp(-((row - 4) ** 2 + (column - 4) ** 2) / 2)
    start = rng.randint(SIZE, size=2)
    shifts = start + np.outer(np.arange(rng.randint(5, 15)), direction)
    images = np.array([np.roll(spot, shift, axis=(0, 1)) for shift in shifts])
    images += rng.normal(scale=0.25, size=images.shape)
    return images.reshape(len(images), -1)


rng = np.random.RandomState(0)
y = rng.choice(list(DIRECTIONS), size=600)
X = [film(rng, DIRECTIONS[direction]) for direction in y]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)

figure, axes = plt.subplots(3, 6, figsize=(8, 4), layout="constrained")
for number, row in enumerate(axes):
    row[0].set(ylabel=y[number])
    for image, ax in zip(X[number], row, strict=False):
        ax.imshow(image.reshape(SIZE, SIZE), cmap="gray_r", vmin=-0.5, vmax=1)
        ax.set(xticks=[], yticks=[])
figure.suptitle("the beginnings of three films")

# %%
# `StepwiseTransformer` applies what scikit-learn has for tables to every image: here a
# principal component analysis, which leaves 20 numbers of 64.

model = make_pipeline(StepwiseTransformer(PCA(20)), RNNClassifier(random_state=0))
accuracy = model.fit(X_train, y_train).score(X_test, y_test)
print(f"accuracy of the network              {accuracy:.2f}")

baseline = LogisticRegression(max_iter=1000)
baseline.fit([images.mean(axis=0) for images in X_train], y_train)
accuracy = baseline.score([images.mean(axis=0) for images in X_test], y_test)
print(f"accuracy of logistic regression on   {accuracy:.2f}\n  the mean of the images")

# %%
# What is taken for what:

ConfusionMatrixDisplay.from_estimator(
    model, X_test, y_test, labels=list(DIRECTIONS), cmap="Blues", colorbar=False
)
plt.show()
