"""Time of a grid search on a dask cluster against the processes of joblib.

    python benchmarks/clusters.py [--repeat 3]

Eight candidates, three folds, scikit-learn's scanned digits as sequences of 8 rows, a
GRU, float64. The cluster is two processes of one thread on this machine, joblib has
``n_jobs=2``, and all of them one BLAS thread; both are up and have run a search before
the clock starts. They take turns, and the minimum counts. One process is beside them.
Needs dask (``pip install -e ".[dask]"``).
"""

import argparse
import os
import time

# Inherited by all processes.
os.environ.update(dict.fromkeys(["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"], "1"))

from dask.distributed import Client, LocalCluster
from joblib import parallel_config
from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV

from sklearn_rnn import RNNClassifier

WAYS = {
    "one process": dict(backend="loky", n_jobs=1),
    "joblib, n_jobs=2": dict(backend="loky", n_jobs=2),
    "dask, two workers": dict(backend="dask"),
}


def run(way, max_iter):
    """Seconds of a search, and its scores."""
    digits = load_digits()
    grid = {
        "hidden_layer_sizes": [32, 64],
        "pooling": ["last", "mean"],
        "learning_rate_init": [2e-3, 5e-3],
    }
    model = RNNClassifier(max_iter=max_iter, random_state=0)
    search = GridSearchCV(model, grid, cv=3, refit=False)
    start = time.perf_counter()
    with parallel_config(**WAYS[way]):
        search.fit(digits.images / 16, digits.target)
    return time.perf_counter() - start, search.cv_results_["mean_test_score"]


def main():
    """Print the times, and the ratio of dask to joblib."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=3)
    repeat = parser.parse_args().repeat
    cluster = LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0")
    with cluster, Client(cluster):
        for way in WAYS:
            run(way, max_iter=1)
        turns = [{way: run(way, max_iter=10) for way in WAYS} for _ in range(repeat)]
    best = {way: min(turn[way][0] for turn in turns) for way in WAYS}
    for way, seconds in best.items():
        print(f"{way:18} {seconds:6.1f} s")
    one, joblib, dask = best.values()
    print(f"dask / joblib      {dask / joblib:6.2f}")
    print(f"one / joblib       {one / joblib:6.2f}")
    scores = [result[1] for turn in turns for result in turn.values()]
    print(f"scores differ by   {max(abs(s - scores[0]).max() for s in scores):6.1g}")


if __name__ == "__main__":
    main()
