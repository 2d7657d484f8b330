"""Dates, from words to numbers
==============================

Dates are written in words in many ways, and in ISO 8601 in one. The pairs are
generated, the translator learns to read from them, and is asked for dates that it has
not seen.
"""

from datetime import date, timedelta

import numpy as np

from sklearn_rnn import RNNTranslator
from sklearn_rnn.metrics import token_error_rate

UNITS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
UNITS += ["ten", "eleven", "twelve"]
UNITS += [
    f"{stem}teen" for stem in ["thir", "four", "fif", "six", "seven", "eigh", "nine"]
]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
IRREGULAR = {"one": "first", "two": "second", "three": "third", "five": "fifth"}
IRREGULAR |= {"eight": "eighth", "nine": "ninth", "twelve": "twelfth"}


def cardinal(n):
    """1 to 99 in words."""
    if n < 20:
        return UNITS[n - 1]
    tens, unit = divmod(n, 10)
    return TENS[tens - 2] + (f"-{UNITS[unit - 1]}" if unit else "")


def ordinal(n):
    """1 to 31 as a day of the month."""
    *first, last = cardinal(n).split("-")
    regular = f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th"
    last = IRREGULAR.get(last, regular)
    return "-".join([*first, last])


def year(n):
    """1901 to 2099 in words."""
    if 2000 <= n < 2010:
        return "two thousand" + (f" and {cardinal(n - 2000)}" if n > 2000 else "")
    return f"{cardinal(n // 100)} " + (
        f"oh {cardinal(n % 100)}" if n % 100 < 10 else cardinal(n % 100)
    )


def in_words(day, style):
    """A date as people say it, in one of three ways."""
    month, number = f"{day:%B}", ordinal(day.day)
    return [
        f"the {number} of {month} {year(day.year)}",
        f"{month} {number}, {year(day.year)}",
        f"{day:%A} {number} {month} {year(day.year)}",
    ][style]


# %%
# 4,000 days of two centuries, each said in one of three ways:

rng = np.random.RandomState(0)
chosen = rng.choice(72_000, 4_000, replace=False).tolist()
days = [date(1901, 1, 1) + timedelta(n) for n in chosen]
X = [in_words(day, rng.randint(3)) for day in days]
y = [day.isoformat() for day in days]
for text, iso in zip(X[:3], y, strict=False):
    print(f"{text:48} {iso}")

# %%
# The translator reads letters and writes digits. A date is right only as a whole.

translator = RNNTranslator(64, batch_size=64, max_iter=15, random_state=0)
translator.fit(X[:3_500], y[:3_500])
print(f"right as a whole: {translator.score(X[3_500:], y[3_500:]):.3f}")
written = translator.predict(X[3_500:])
print(f"characters wrong: {token_error_rate(y[3_500:], written):.4f}")

# %%
# Some of the dates that it had not seen:

for text, iso in zip(X[3_500:3_508], written, strict=False):
    print(f"{text:48} {iso}")
