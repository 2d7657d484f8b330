"""From spelling to sound
=======================

Spanish is spoken as it is written, by rules: some letters are silent, some sound in
pairs, some as their neighbours will have it. A translator finds the rules in 3,000
invented words and their phonemes, and then reads real ones aloud.
"""

import re

import numpy as np

from sklearn_rnn import RNNTranslator
from sklearn_rnn.metrics import sequence_error_rate, token_error_rate

# What sounds how: the first rule that fits at a place. None is the letter itself.
RULES = [
    ("ch", "tʃ"), ("ll", "ʎ"), ("rr", "r"), ("ñ", "ɲ"), ("qu(?=[ei])", "k"),
    ("gu(?=[ei])", "g"), ("gü", "g u"), ("g(?=[ei])", "x"), ("j", "x"), ("h", ""),
    ("c(?=[ei])", "θ"), ("z", "θ"), ("c", "k"), ("v", "b"), ("^r", "r"), ("r", "ɾ"),
    ("y$", "i"), ("y", "ʝ"), (".", None),
]  # fmt: skip


def phonemes(word):
    """The sounds of a word, by the rules."""
    sounds, place = [], 0
    while place < len(word):
        match, sound = next(
            (found, sound)
            for pattern, sound in RULES
            if (found := re.compile(pattern).match(word, place))
        )
        sounds += sound.split() if sound is not None else [word[place]]
        place = match.end()
    return sounds


# %%
# The words to learn from are invented, syllable by syllable.

ONSETS = [
    *"bcdfghjlmnñprstvyz",
    *["ch", "gu", "gü", "ll", "qu", "rr", "br", "cl", "pr", "tr", "gr"],
]
CODAS = ["", "", "", "", "n", "s", "r", "l"]
rng = np.random.RandomState(0)


def invented():
    """A word of one to four syllables."""
    word = ""
    for _ in range(rng.randint(1, 5)):
        onset = rng.choice(ONSETS)
        vowels = ["e", "i"] if onset in ("gu", "gü", "qu") else list("aeiou")
        word += onset + rng.choice(vowels) + rng.choice(CODAS)
    return word.removeprefix("rr") + rng.choice(["", "", "", "y"])


# %%
# A letter more or less moves all that follows, so the sounds are no labels of letters.

words = sorted({invented() for _ in range(3_000)} - {""})
translator = RNNTranslator(
    64, rnn_type="lstm", batch_size=32, max_iter=20, random_state=0
)
translator.fit(words, [phonemes(word) for word in words])

# %%
# Real words, which it has not seen:

real = "queso guitarra chocolate hijo cielo gente zapato niño llave perro pero verde "
real += "cuchara zanahoria guerra pingüino quince gigante jirafa ciudad lluvia rojo "
real += "ayer rey vino huevo cerveza naranja"
real = real.split(" ")
written = translator.predict(real)
true = [phonemes(word) for word in real]
print(f"real words wrong   {sequence_error_rate(true, written):.2f}")
print(f"phonemes wrong     {token_error_rate(true, written):.3f}")
for word, spoken, right in zip(real, written, true, strict=True):
    correction = "" if spoken == right else f"(should be {' '.join(right)})"
    print(f"{word:12} {' '.join(spoken):24}{correction}".rstrip())
