"""Invent first names for a requested gender
============================================

A generator learns letters and their order, given the gender. Then it makes up names for
the gender that is asked for, which are not in the list that it learned from; and by
Bayes' rule its likelihoods tell which gender a name suggests.
"""

import numpy as np

from sklearn_rnn import RNNGenerator
from sklearn_rnn.datasets import load_names
from sklearn_rnn.metrics import memorization_report

names, gender = load_names(return_X_y=True)
held_out = np.arange(len(names)) % 6 == 0
known = [name for name, out in zip(names, held_out, strict=True) if not out]
others = [name for name, out in zip(names, held_out, strict=True) if out]

# %%
# Names that the generator has not seen are told from letters at random by how well it
# guesses the next letter.

generator = RNNGenerator(dropout=0.3, recurrent_dropout=0.3, random_state=0)
generator.fit(known, gender[~held_out])
print(f"perplexity of other names {generator.perplexity(others, gender[held_out]):.1f}")
print(f"of letters at random      {len({*''.join(names)}) + 1:.1f}")

# %%
# Invented names
# --------------
#
# Few are copies, if the temperature leaves room. Names that are in the list are not
# shown.

for seed, asked in enumerate(generator.classes_):
    invented = generator.sample(300, y=asked, temperature=0.6, random_state=seed)
    report = memorization_report(invented, known)
    new = [name for name in dict.fromkeys(invented) if name not in known]
    print(f"{asked}: {', '.join(new[:12])}")
    print(f"  in the list {report.in_training:.2f}, distinct {report.distinct:.2f}")

# %%
# A beginning may be given, too:

print(*generator.generate("Ro", n_samples=6, temperature=0.6))

# %%
# Which gender?
# -------------
#
# By Bayes' rule the one that makes the name more probable, for both are as frequent in
# the list.

log_p = [generator.score_samples(others, label) for label in generator.classes_]
guessed = generator.classes_[np.argmax(log_p, axis=0)]
print(f"guessed right: {(guessed == gender[held_out]).mean():.2f} of other names")
