"""What is going on? A label for every frame of a recording
=========================================================

A signal changes between rest, a slow and a fast oscillation, at moments that nobody
marks. `RNNSequenceTagger` labels every frame, each by itself or, with ``crf=True``, all
together.
"""

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


# %%
# Five values make a frame, and each frame has one label. The noise is nearly as loud as
# the signal.

rng = np.random.RandomState(0)
recordings = [recording(rng) for _ in range(200)]
frames = FrameTransformer(WIDTH).fit_transform([values for values, _ in recordings])
labels = [states[::WIDTH] for _, states in recordings]

# %%
# Both taggers learn from 150 recordings and label the other 50. A conditional random
# field knows that states last, and changes its mind less often.


def changes(label_sequences):
    """Mean number of changes of label in a sequence."""
    return np.mean([(y[1:] != y[:-1]).sum() for y in label_sequences])


predicted = {}
for name, crf in [("each frame by itself", False), ("with a CRF", True)]:
    tagger = RNNSequenceTagger(32, crf=crf, random_state=0)
    tagger.fit(frames[:150], labels[:150])
    predicted[name] = tagger.predict(frames[150:])
    accuracy = tagger.score(frames[150:], labels[150:])
    print(
        f"{name:20} accuracy {accuracy:.3f}, "
        f"changes a recording {changes(predicted[name]):.1f}"
    )
print(f"true changes a recording {changes(labels[150:]):.1f}")

# %%
# The last recording, what went on, and what the networks saw.


def draw(ax, label_sequence, **style):
    """One line through the states of the frames."""
    codes = [STATES.index(label) for label in label_sequence]
    ax.step(np.arange(len(codes)) * WIDTH, codes, where="post", **style)


figure, axes = plt.subplots(3, 1, figsize=(9, 5), sharex=True, layout="constrained")
axes[0].plot(recordings[-1][0], color="0.3", linewidth=0.8)
axes[0].set(ylabel="signal", title="the last recording")
for ax, (name, sequences) in zip(axes[1:], predicted.items(), strict=True):
    draw(ax, labels[-1], color="0.75", linewidth=6, label="true")
    draw(ax, sequences[-1], color="C0", linewidth=1.5, label="predicted")
    ax.set(yticks=range(3), yticklabels=STATES, ylim=(-0.4, 2.4), title=name)
axes[1].legend(loc="lower right", ncols=2)
axes[2].set(xlabel="values recorded")
plt.show()
