"""Order matters: how probable is a sentence?
=============================================

A bag of words cannot tell "I love to go to the gym" from the same words in another
order. A generator of words can: it says how probable a sentence is.
"""

from itertools import product

import matplotlib.pyplot as plt

from sklearn_rnn import RNNGenerator, SequenceVectorizer

who = ["I", "You", "We", "They", "My friends"]
likes = ["love", "like", "want", "hope"]
does = ["go to the", "walk to the", "meet at the", "run to the"]
where = ["gym", "park", "station", "library", "river"]
sentences = [
    f"{subject} {verb} to {verb_of_place} {place}"
    for subject, verb, verb_of_place, place in product(who, likes, does, where)
]

generator = RNNGenerator(64, vectorizer=SequenceVectorizer(), random_state=0)
generator.fit(sentences)

# %%
# The same words in four orders. A step of ten on the axis is a factor of 22,000.

same_words = [
    "I love to go to the gym",
    "I go to love to the gym",
    "to the gym I love to go",
    "love I go to the gym to",
]
log_likelihoods = generator.score_samples(same_words)
for sentence, log_p in zip(same_words, log_likelihoods, strict=True):
    print(f"{sentence:25} log-likelihood {log_p:6.1f}")

figure, ax = plt.subplots(figsize=(7, 2.5), layout="constrained")
ax.hlines(same_words, log_likelihoods.min() - 5, log_likelihoods, linewidth=6)
ax.invert_yaxis()
ax.set(xlabel="log-likelihood", xlim=(log_likelihoods.min() - 5, 0))
plt.show()

# %%
# What ends a sentence best?

for word, p in generator.suggest("We like to run to the", k=5):
    print(f"{word:10} {p:.2f}")
