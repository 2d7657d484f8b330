"""The mathematics: NumPy and scipy.sparse only."""
