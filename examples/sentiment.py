"""What do people think? Sentiment of short reviews
===================================================

Are these reviews of restaurants and films positive or negative? Text goes in as it is:
`SequenceVectorizer` cuts it into words, each of which becomes one sparse step, and a
recurrent network reads them in their order. Grid search chooses what it sees of a word,
and the result is compared and combined with the usual bag of words, which knows nothing
of order and is hard to beat with so few reviews. Takes about half a minute.
"""

import time

import numpy as np
from sklearn.ensemble import VotingClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import make_pipeline

from sklearn_rnn import RNNClassifier, SequenceVectorizer
from sklearn_rnn.datasets import load_reviews
from sklearn_rnn.vectorizer import affix_features

reviews = load_reviews()
clear = reviews.sentiment != "mixed"
X, y = np.array(reviews.data, dtype=object)[clear], reviews.sentiment[clear]
X_train, X_test, y_train, y_test = train_test_split(
    X, y, test_size=0.25, random_state=0, stratify=y
)
print(f"{len(X_train)} reviews to learn from, for example: {X_train[0]}")

# %%
# A grid search over what stands for a word
# -----------------------------------------
#
# Beginnings and endings of words (`token_features`) help where each word is rare.

model = make_pipeline(
    SequenceVectorizer(lowercase=False),
    RNNClassifier(pooling="attention", random_state=0),
)
choices = {"sequencevectorizer__token_features": [None, affix_features]}
start = time.perf_counter()
search = GridSearchCV(model, choices, cv=3, n_jobs=2).fit(X_train, y_train)
for parameters, score in zip(
    search.cv_results_["params"], search.cv_results_["mean_test_score"], strict=True
):
    features = parameters["sequencevectorizer__token_features"]
    words = "words" if features is None else "words and affixes"
    print(f"cross-validated accuracy {score:.3f}   {words}")
print(f"(7 fits in {time.perf_counter() - start:.0f} s)")

# %%
# Beside a bag of words
# ---------------------
#
# Both make other mistakes, so together they make fewer.

bag = make_pipeline(TfidfVectorizer(), LogisticRegression(C=10))
both = VotingClassifier([("rnn", search.best_estimator_), ("bag", bag)], voting="soft")
print(f"test accuracy {search.score(X_test, y_test):.3f}   network")
for what, classifier in [("bag of words", bag), ("both", both)]:
    accuracy = classifier.fit(X_train, y_train).score(X_test, y_test)
    print(f"test accuracy {accuracy:.3f}   {what}")

# %%
# Three new sentences:

for text in [
    "The soup was delicious and the staff were friendly.",
    "The film was boring, and I left early.",
    "Not bad at all.",
]:
    negative, positive = both.predict_proba([text])[0]
    print(f"{positive:.2f} positive   {text}")

# It searches with two processes, so the gallery runs it alone.
# sphinx_gallery_parallel = False
