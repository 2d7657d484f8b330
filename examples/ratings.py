"""How many stars? Ratings from the words of a review
=====================================================

A number from a text: `RNNRegressor` predicts the rating, 1 to 5, that comes with a
review. It is compared with always saying the mean, in cross-validation.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.dummy import DummyRegressor
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import KFold, cross_val_predict
from sklearn.pipeline import make_pipeline

from sklearn_rnn import RNNRegressor, SequenceVectorizer
from sklearn_rnn.datasets import load_reviews
from sklearn_rnn.vectorizer import affix_features

texts, ratings = load_reviews(return_X_y=True)
model = make_pipeline(
    SequenceVectorizer(token_features=affix_features, lowercase=False),
    RNNRegressor(dropout=0.3, input_dropout=0.3, random_state=0),
)

# %%
# Each review is rated by a network that has not seen it. Mean absolute error, in stars:

folds = KFold(3, shuffle=True, random_state=0)
predicted = cross_val_predict(model, texts, ratings, cv=folds)
mean = cross_val_predict(
    DummyRegressor(), np.zeros((len(ratings), 1)), ratings, cv=folds
)
print(f"the network      {mean_absolute_error(ratings, predicted):.2f}")
print(f"always the mean  {mean_absolute_error(ratings, mean):.2f}")

# %%
# Half of the predictions lie in the boxes:

figure, ax = plt.subplots(figsize=(6, 4), layout="constrained")
ax.boxplot([predicted[ratings == stars] for stars in range(1, 6)])
ax.plot(
    [1, 5], [1, 5], color="0.7", linestyle="--", zorder=0, label="as they should be"
)
ax.set(xlabel="stars given", ylabel="stars predicted")
ax.legend(frameon=False)
plt.show()

# %%
# Three reviews that nobody wrote:

model.fit(texts, ratings)
for text in [
    "A wonderful film, moving and beautifully played.",
    "Decent food, but nothing special.",
    "The worst meal of my life: cold, greasy and overpriced.",
]:
    print(f"{model.predict([text])[0]:.1f} stars   {text}")
