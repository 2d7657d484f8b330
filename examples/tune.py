"""Write a tune
===============

A tune is a sequence of notes, each with its length, and bars between them, as the ABC
notation writes them: "G2" is a G of two beats, "c" the C above it. The generator learns
from the beginnings of old songs, and goes on from a few notes that are given. Paste
what it prints into any ABC player to hear it.
"""

import re

import matplotlib.pyplot as plt

from sklearn_rnn import RNNGenerator
from sklearn_rnn.metrics import memorization_report

SONGS = """\
C C G G | A A G2 | F F E E | D D C2 | G G F F | E E D2 | G G F F | E E D2
C D E C | C D E C | E F G2 | E F G2 | G/ A/ G/ F/ E C | G/ A/ G/ F/ E C | C G, C2
E D C D | E E E2 | D D D2 | E G G2 | E D C D | E E E E | D D E D | C4
E E F G | G F E D | C C D E | E D D2 | E E F G | G F E D | C C D E | D C C2
C C C D | E2 D2 | C E D D | C4 | C C C D | E2 D2 | C E D D | C4
G A G F | E F G2 | D E F2 | E F G2 | G A G F | E F G2 | D2 G2 | E C C2
C2 C2 | C D E2 | E D E F | G4 | c c G G | E E C C | G F E D | C4
C C D E | C E D G, | C C D E | C2 B,2 | C C D E | F E D C | B, G, A, B, | C2 C2
C D E G | G A G E | C D E E | D C D2 | C D E G | G A G E | C D E E | D D C2
E E E2 | E E E2 | E G C D | E4 | F F F F | F E E E | E D D E | D2 G2
E2 D2 | C4 | E2 D2 | C4 | C C C C | D D D D | E2 D2 | C4
G, C C D | E2 C2 | E F G2 | E2 C2 | G F E D | C2 E2 | D C B, D | C4
c2 B A | G2 F E | D2 C2 | G2 A2 | A2 B2 | B2 c2 | c c B A | G G F E
G2 E G | G2 E G | A G F E | D2 G,2 | F2 D F | F2 D F | G F E D | C4
"""
songs = [line.split() for line in SONGS.splitlines()]

generator = RNNGenerator(96, recurrent_dropout=0.2, max_iter=200, random_state=0)
generator.fit(songs)

# %%
# Three tunes, from their first notes on
# --------------------------------------

tunes = {}
for number, start in enumerate(["C C G G", "E D C", "G, C C"], 1):
    [tunes[start]] = generator.generate(
        [start.split()],
        temperature=0.8,
        min_length=30,
        max_length=60,
        random_state=number,
    )
    print(
        f"X:{number}\nT:After {start}\nM:4/4\nL:1/4\nK:C\n{' '.join(tunes[start])} |]\n"
    )

# %%
# The same to look at: each line is a note, as high as it sounds and as long as it
# lasts, the given ones in grey.


def place(tune):
    """Start, end and height on the staff of each note."""
    time = 0.0
    for note in tune:
        if note != "|":
            letter, commas, beats, half = re.fullmatch(
                r"(\w)(,*)(\d?)(/?)", note
            ).groups()
            height = "CDEFGAB".index(letter.upper())
            height += 7 * (letter.islower() - len(commas))
            length = 0.5 if half else float(beats or 1)
            yield time, time + length, height
            time += length


figure, axes = plt.subplots(3, 1, figsize=(9, 5), sharex=True, layout="constrained")
for ax, (start, tune) in zip(axes, tunes.items(), strict=True):
    starts, ends, heights = zip(*place(tune), strict=True)
    n_given = len(start.split())
    colors = ["0.6"] * n_given + ["C0"] * (len(heights) - n_given)
    ax.hlines(heights, starts, ends, colors=colors, linewidth=5)
    ax.set(
        yticks=[-3, 0, 4, 7], yticklabels=["G,", "C", "G", "c"], title=f"after {start}"
    )
    ax.set(xticks=range(0, int(ends[-1]) + 1, 4))
    ax.grid(axis="x", color="0.9")
axes[-1].set(xlabel="beats")
plt.show()

# %%
# Copied or composed?
# -------------------
#
# Short passages are mostly known, longer ones less and less, and hardly a tune is one
# of the songs.

report = memorization_report(generator.sample(100), songs, ngram_sizes=(2, 4, 8))
print(f"tunes that are one of the songs: {report.in_training:.2f}")
for n, share in report.known_ngrams.items():
    print(f"passages of {n} notes that a song has: {share:.2f}")
