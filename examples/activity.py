"""What is going on? A label for every frame of a recording
=========================================================

A signal changes between rest, a slow and a fast oscillation, at moments that nobody
marks. `RNNSequenceTagger` labels every frame, each by itself or, with ``crf=True``, all
together; the picture shows the signal, what went on, and what the network saw. Needs
matplotlib (``pip install -e ".[plots]"``). With the name of a file, the picture is
saved:

    python examples/activity.py [picture.png]
"""

import sys

import matplotlib.pyplot as plt
import numpy as np

from sklearn_rnn import FrameTransformer, RNNSequenceTagger

STATES = ["rest", "slow", "fast"]
WIDTH = 5  # values a frame


def recording(rng, n_parts=6):
    """Values (n,) and states (n,) of a few parts of random length."""
    values, states, phase = [], [], 0.0
    for _ in range(n_parts):
        state = rng.randint(3)
        for _ in range(WIDTH * rng.randint(6, 16)):
            phase += [0.0, 0.25, 0.6][state]
            strength = [0.0, 1.0, 1.0][state]
            values.append(strength * np.sin(phase) + rng.normal(scale=0.7))
            states.append(STATES[state])
    return np.array(values), np.array(states)


rng = np.random.RandomState(0)
recordings = [recording(rng) for _ in range(200)]
frames = FrameTransformer(WIDTH).fit_transform([values for values, _ in recordings])
labels = [states[::WIDTH] for _, states in recordings]

figure, axes = plt.subplots(3, 1, figsize=(9, 5), sharex=True, layout="constrained")
values, states = recordings[-1]
axes[0].plot(values, color="0.3", linewidth=0.8)
axes[0].set(ylabel="signal", title="the last recording")
time = np.arange(len(labels[-1])) * WIDTH
for axis, crf in zip(axes[1:], [False, True], strict=True):
    tagger = RNNSequenceTagger(32, crf=crf, random_state=0)
    tagger.fit(frames[:150], labels[:150])
    accuracy = tagger.score(frames[150:], labels[150:])
    predicted = tagger.predict(frames[150:])
    changes = np.mean([(y[1:] != y[:-1]).sum() for y in predicted])
    name = "with a CRF" if crf else "each frame by itself"
    print(f"{name:20} accuracy {accuracy:.3f}, changes a recording {changes:.1f}")
    for y, style, what in [
        (labels[-1], dict(color="0.75", linewidth=6), "true"),
        (predicted[-1], dict(color="C0", linewidth=1.5), "predicted"),
    ]:
        codes = [STATES.index(label) for label in y]
        axis.step(time, codes, where="post", label=what, **style)
    axis.set(yticks=range(3), yticklabels=STATES, ylim=(-0.4, 2.4), title=name)
true = np.mean([(y[1:] != y[:-1]).sum() for y in labels[150:]])
print(f"true changes a recording {true:.1f}")
axes[1].legend(loc="lower right", ncols=2)
axes[2].set(xlabel="values recorded")
if sys.argv[1:]:
    figure.savefig(sys.argv[1], dpi=150)
else:
    plt.show()
