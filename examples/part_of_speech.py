"""Noun or verb? A tag for every word
====================================

`RNNSequenceTagger` labels each step of a sequence. Words are described by themselves,
their endings and their shape, so that words that were never seen are tagged, too, and
the network reads each sentence both ways. Takes about half a minute.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.metrics import ConfusionMatrixDisplay
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline

from sklearn_rnn import RNNSequenceTagger, SequenceVectorizer
from sklearn_rnn.datasets import load_tagged_sentences
from sklearn_rnn.metrics import sequence_accuracy_score, step_accuracy_score
from sklearn_rnn.vectorizer import affix_features

words, tags = load_tagged_sentences(return_X_y=True)
model = make_pipeline(
    SequenceVectorizer(token_features=affix_features),
    RNNSequenceTagger(dropout=0.3, input_dropout=0.3, max_iter=30, random_state=0),
)
predicted = cross_val_predict(model, words, tags, cv=5)
print(f"words tagged correctly      {step_accuracy_score(tags, predicted):.3f}")
print(f"sentences without a mistake {sequence_accuracy_score(tags, predicted):.3f}")

# %%
# Mistakes
# --------
#
# What is taken for what, in shares of the words that have the tag:

true, guess = np.concatenate(tags), np.concatenate(predicted)
figure, ax = plt.subplots(figsize=(7, 6), layout="constrained")
ConfusionMatrixDisplay.from_predictions(
    true,
    guess,
    normalize="true",
    include_values=False,
    cmap="Blues",
    xticks_rotation="vertical",
    ax=ax,
)
plt.show()

# %%
# The most frequent ones:

wrong = true != guess
pairs, counts = np.unique(
    [f"{t} as {g}" for t, g in zip(true[wrong], guess[wrong], strict=True)],
    return_counts=True,
)
for i in np.argsort(-counts)[:5]:
    print(f"{counts[i]:3} times {pairs[i]}")

# %%
# A sentence with words that were never seen
# ------------------------------------------

model.fit(words, tags)
sentence = ["The", "unflappable", "conductor", "glumphed", "through", "Zanzibar", "."]
tagged = zip(sentence, model.predict([sentence])[0], strict=True)
print(" ".join(f"{word}/{tag}" for word, tag in tagged))
