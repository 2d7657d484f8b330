"""Who, where, when? Named entities with a conditional random field
=================================================================

Names have several words: B- marks the first, I- the others, O all else. With
``crf=True`` the tagger also learns which label follows which and chooses those of a
sentence together; `scheme` rules out what is no name at all. Entities count only as a
whole. Takes about a minute.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import make_pipeline

from sklearn_rnn import RNNSequenceTagger, SequenceVectorizer
from sklearn_rnn.datasets import load_tagged_sentences
from sklearn_rnn.metrics import SCORERS, entity_report, extract_entities
from sklearn_rnn.vectorizer import affix_features

sentences = load_tagged_sentences()
words, words_test, labels, labels_test = train_test_split(
    sentences.data, sentences.entities, test_size=0.25, random_state=0
)
model = make_pipeline(
    SequenceVectorizer(token_features=affix_features),
    RNNSequenceTagger(dropout=0.3, input_dropout=0.3, max_iter=30, random_state=0),
)

# %%
# With a CRF or without?
# ----------------------

choices = [
    {"rnnsequencetagger__crf": [False]},
    {"rnnsequencetagger__crf": [True], "rnnsequencetagger__scheme": [None, "IOB2"]},
]
search = GridSearchCV(model, choices, scoring=SCORERS["entity_f1"], cv=3, n_jobs=2)
search.fit(words, labels)
for parameters, score in zip(
    search.cv_results_["params"], search.cv_results_["mean_test_score"], strict=True
):
    parameters = {name.split("__")[1]: value for name, value in parameters.items()}
    print(f"cross-validated F1 of entities {score:.3f}   {parameters}")

# %%
# The best of them, on sentences that it has not seen:

print(entity_report(labels_test, search.predict(words_test)))

# %%
sentence = ["Anna", "Berg", "flew", "from", "Oslo", "to", "Lisbon", "on", "Friday", "."]
for kind, start, stop in extract_entities(search.predict([sentence])[0]):
    print(f"{kind:5} {' '.join(sentence[start:stop])}")

# %%
# Which label follows which
# -------------------------
#
# The scores that the CRF has learned. What the scheme forbids is blank: inside a name
# may only follow what begins or continues one of the same kind.

model.set_params(rnnsequencetagger__crf=True, rnnsequencetagger__scheme="IOB2")
tagger = model.fit(words, labels)[-1]
allowed = np.isfinite(tagger.transitions_)
transitions = np.where(allowed, tagger.transitions_, np.nan)

figure, ax = plt.subplots(figsize=(6, 5), layout="constrained")
image = ax.imshow(transitions, cmap="coolwarm", vmin=-0.4, vmax=0.4)
n_labels = len(tagger.classes_)
ax.set_xticks(range(n_labels), tagger.classes_, rotation=45, ha="right")
ax.set_yticks(range(n_labels), tagger.classes_)
ax.set(xlabel="label of the next word", ylabel="label of a word")
figure.colorbar(image, label="score")
plt.show()

# It searches with two processes, so the gallery runs it alone.
# sphinx_gallery_parallel = False
