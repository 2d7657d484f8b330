"""Where a translator looks
=========================

A translator writes times of day in numbers, which were given in words in another
order: the minutes come first in words, and last in numbers. `AttentionDisplay` draws
what it looks at before it writes each character.
"""

import matplotlib.pyplot as plt
import numpy as np

from sklearn_rnn import RNNTranslator, SequenceVectorizer
from sklearn_rnn.inspection import AttentionDisplay

HOURS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
HOURS += ["ten", "eleven", "twelve"]
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

# %%
# Words are read, characters are written. A time is right only as a whole.

translator = RNNTranslator(
    64,
    source_vectorizer=SequenceVectorizer(token_pattern=r"\S+"),
    batch_size=16,
    max_iter=60,
    random_state=0,
)
translator.fit(X[:220], y[:220])
print(f"right as a whole: {translator.score(X[220:], y[220:]):.2f}")

# %%
# The same figures are there as arrays, a row for each character. The hour is written
# after a look at the hour and at the time of day, since the evening has other numbers.

text = X[-1]
[written], [attention] = translator.predict([text], return_attention=True)
words = text.split()
print(f"{text} -> {written}")
for character, row in zip(written, attention, strict=True):
    print(f"  {character} looks at {words[row.argmax()]!r} ({row.max():.2f})")

AttentionDisplay.from_estimator(translator, text)
plt.show()
