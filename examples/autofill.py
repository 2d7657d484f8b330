"""Autofill: what comes next, as one types
==========================================

A generator of characters completes the word that is being typed, one of words suggests
the next one. Both learn from 360 short reviews of restaurants and films.
"""

from sklearn_rnn import RNNGenerator, SequenceVectorizer
from sklearn_rnn.datasets import load_reviews

reviews = load_reviews()
train, test = reviews.data[:360], reviews.data[360:]
shared = dict(recurrent_dropout=0.2, random_state=0)
models = {
    "characters": RNNGenerator(batch_size=16, **shared),
    "words": RNNGenerator(
        vectorizer=SequenceVectorizer(min_df=2), embedding_dim=64, **shared
    ),
}

# %%
# A perplexity of 5 means: as unsure as among 5 tokens of the same probability. That of
# characters and that of words cannot be compared.

for name, model in models.items():
    model.fit(train)
    among = len(model.outcomes_)
    print(f"{name:10} perplexity {model.perplexity(test):5.1f}, of {among} tokens")

# %%
# As one types
# ------------
#
# The words that are most probably meant, from the generator of characters:

typed = "The food was very good"
for n in range(1, len(typed) + 1):
    found = models["characters"].suggest(typed[:n], k=3)
    shown = ", ".join(f"{word} {p:.2f}" for word, p in found)
    print(f"{typed[:n]:22} {shown}")

# %%
# After whole words
# -----------------
#
# The next one, from the generator of words:

for prefix in ("The", "The food", "The food was", "A film that"):
    found = models["words"].suggest(prefix, k=4)
    shown = ", ".join(f"{word} {p:.2f}" for word, p in found)
    print(f"{prefix:14} {shown}")

# %%
# A whole review, piece by piece as it is written:

prefix = "The waiter"
print(prefix, end="")
for piece in models["words"].stream(prefix, temperature=0.7, random_state=1):
    print(piece, end="", flush=True)
print()
