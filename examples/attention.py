"""Where a translator looks
=========================

A translator writes times of day in numbers, which were given in words in another
order: the minutes come first in words, and last in numbers. What it looks at before
each character is drawn. Name a file as the first argument to save the picture.
"""

import sys

import matplotlib.pyplot as plt
import numpy as np

from sklearn_rnn import RNNTranslator, SequenceVectorizer

HOURS = [
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
]
PARTS = {"quarter past": 15, "half past": 30, "five past": 5, "ten past": 10}
PARTS |= {"twenty past": 20, "twenty-five past": 25, "exactly": 0}
FROM_THE_NEXT = {"quarter to": 45, "ten to": 50, "five to": 55, "twenty to": 40}

pairs = []
for number, hour in enumerate(HOURS, 1):
    for day, shift in (("in the morning", 0), ("in the evening", 12)):
        for part, minute in (PARTS | FROM_THE_NEXT).items():
            h = (number + shift - (part in FROM_THE_NEXT)) % 24
            pairs.append((f"{part} {hour} {day}", f"{h:02}:{minute:02}"))
rng = np.random.RandomState(0)
X, y = zip(*[pairs[i] for i in rng.permutation(len(pairs))], strict=True)

translator = RNNTranslator(
    64,
    source_vectorizer=SequenceVectorizer(token_pattern=r"\S+"),
    batch_size=16,
    max_iter=60,
    random_state=0,
)
translator.fit(X[:220], y[:220])
print(f"right as a whole: {translator.score(X[220:], y[220:]):.2f}")

text = X[-1]
[written], [attention] = translator.predict([text], return_attention=True)
words = text.split()
print(f"{text} -> {written}")
for character, row in zip(written, attention, strict=True):
    print(f"  {character} looks at {words[row.argmax()]!r} ({row.max():.2f})")

figure, ax = plt.subplots(figsize=(6, 4), layout="constrained")
image = ax.imshow(attention, cmap="Greys", vmin=0, vmax=1)
ax.set_xticks(range(len(words)), words, rotation=30, ha="right")
ax.set_yticks(range(len(written)), list(written))
ax.set(xlabel="read", ylabel="written")
figure.colorbar(image, label="attention")
if sys.argv[1:]:
    figure.savefig(sys.argv[1], dpi=150)
else:
    plt.show()
