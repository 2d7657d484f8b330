"""Forecasts of a series from its windows
======================================

A year of a monthly series is to tell the next six months. `Sequences.from_windows` cuts
it into windows and the values that follow, `RNNRegressor` learns from them, and
`TimeSeriesSplit` tests forecasts of years that came after all that was learned. What
they have to beat is the seasonal-naive forecast, the same month of the year before.
"""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.compose import TransformedTargetRegressor
from sklearn.model_selection import TimeSeriesSplit
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_rnn import RNNRegressor, Sequences, StepwiseTransformer
from sklearn_rnn.datasets import load_airline

YEAR, AHEAD = 12, 6
airline = load_airline(as_frame=True).frame.set_index("month")["passengers"]
airline = airline.asfreq("MS")

# %%
# The figures grow, and swing the more the larger they are. The growth over a year, as a
# difference of logarithms, does neither. A row of y holds what followed a window; its
# label is the last month of that window, when the forecast can be made.

growth = np.log(airline).diff(YEAR).dropna()
X, y = Sequences.from_windows(growth, length=YEAR, horizon=AHEAD)
print(X)
print(y.head(3).round(3), "\n")

# %%
# Five years are forecast, each by a network that learned from what came before. The gap
# keeps the targets of its last windows from reaching into the year that is forecast.

model = TransformedTargetRegressor(
    make_pipeline(
        StepwiseTransformer(StandardScaler()),
        RNNRegressor(
            32, batch_size=16, max_iter=30, learning_rate="cosine", random_state=0
        ),
    ),
    transformer=StandardScaler(),
)
forecasts = []
for train, test in TimeSeriesSplit(5, test_size=YEAR, gap=AHEAD - 1).split(X):
    predicted = model.fit(X[train], y.iloc[train]).predict(X[test])
    forecasts.append(pd.DataFrame(predicted, y.index[test], y.columns))
forecasts = pd.concat(forecasts)

# %%
# A forecast k months ahead belongs to a row k months later. There, the growth is undone
# with the figure of the year before, which is the naive forecast itself.

naive = airline.shift(YEAR, freq="MS")
passengers = pd.concat(
    {k: np.exp(forecasts[k].shift(k, freq="MS")) * naive for k in y.columns}, axis=1
).dropna()
print("mean absolute error, thousands of passengers")
for k in passengers:
    error = (passengers[k] - airline)[passengers.index].abs().mean()
    print(f"{k} months ahead  {error:.1f}")
error = (naive - airline)[passengers.index].abs().mean()
print(f"the year before {error:.1f}\n")

# %%
# The last window has no targets yet: what follows it is the forecast that counts.

model.fit(X, y)
last = growth.iloc[-YEAR:]
future = pd.DataFrame(model.predict([last]), last.index[-1:], y.columns)
future = pd.concat([np.exp(future[k].shift(k, freq="MS")) * naive for k in future])
print("the months to come")
print(future.dropna().round().astype(int).to_string())

# %%
# Every half year, what the network saw coming:

figure, ax = plt.subplots(figsize=(9, 4.5), layout="constrained")
shown = airline[forecasts.index[0] :]
ax.plot(shown, color="0.2", label="passengers")
ax.plot(naive[shown.index], color="0.7", ls="--", label="year before")
for i, origin in enumerate(forecasts.index[::AHEAD]):
    months = pd.date_range(origin, periods=AHEAD + 1, freq="MS")[1:]
    path = np.exp(forecasts.loc[origin].to_numpy()) * naive[months]
    ax.plot(path, color="C0", marker=".", label=None if i else "forecasts")
ax.plot(future.dropna(), color="C3", marker=".", label="to come")
ax.legend()
ax.set(xlabel="month", ylabel="passengers, thousands")
plt.show()
