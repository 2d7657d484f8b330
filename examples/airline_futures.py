"""Futures of a time series
===========================

A series of monthly figures grows, and swings with the seasons the more the larger it
is. Its logarithm less that of twelve months before does neither, and that is what the
generator learns. It then simulates what may come, and undoing both steps gives futures
of the series itself.
"""

import matplotlib.pyplot as plt
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from sklearn_rnn import RNNGenerator
from sklearn_rnn.datasets import load_airline
from sklearn_rnn.inspection import FuturesDisplay

SEASON, AHEAD, WINDOW = 12, 24, 13
airline = load_airline()
log = np.log(airline.data)
growth = log[SEASON:] - log[:-SEASON]  # over a year
known = growth[:-AHEAD]
mean, scale = known.mean(), known.std()

# %%
# The generator learns windows of a little more than a year.

windows = sliding_window_view((known - mean) / scale, WINDOW)
generator = RNNGenerator(32, batch_size=16, max_iter=20, random_state=0).fit(windows)

past = (known[-WINDOW + 1 :] - mean) / scale
futures = generator.forecast([past[:, None]], AHEAD, n_samples=500)[0, :, :, 0]

# %%
# Each simulated growth is that over the same month of the year before.
levels = np.concatenate(
    [np.tile(log[:-AHEAD][-SEASON:], (len(futures), 1)), np.empty(futures.shape)],
    axis=1,
)
for t in range(AHEAD):
    levels[:, SEASON + t] = levels[:, t] + futures[:, t] * scale + mean
passengers = np.exp(levels[:, SEASON:])

# %%
# The last two years were not shown to the generator: how many of their months lie
# within the bounds?

display = FuturesDisplay(airline.data[:-AHEAD], passengers)
low, middle, high = np.quantile(passengers, [0.05, 0.5, 0.95], axis=0)
actual = airline.data[-AHEAD:]
print("month     actual  median  90 % of the futures")
for i in range(2, AHEAD, 6):
    month = airline.month[-AHEAD + i]
    print(f"{month}  {actual[i]:6.0f} {middle[i]:7.0f}  {low[i]:.0f} to {high[i]:.0f}")
inside = ((low <= actual) & (actual <= high)).mean()
print(f"\nmonths within those bounds: {inside:.2f}")

figure, ax = plt.subplots(figsize=(9, 4.5), layout="constrained")
display.plot(ax, x=airline.month, actual=actual)
ax.set(xlabel="month", ylabel="passengers, thousands")
plt.show()
