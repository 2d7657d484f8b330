"""Time of a grid search on a dask cluster against the processes of joblib.

    python benchmarks/clusters.py [--repeat 3]

Eight candidates, three folds, scikit-learn's scanned digits as sequences of 8 rows, a
GRU, float64. The cluster is two processes of one thread on this machine, joblib has
``n_jobs=2``, and all of them one BLAS thread; both are up and have run a search before
the clock starts. They take turns, and the minimum counts. One process is beside them.
Seconds of all processors tell what was worked, also where other jobs disturb the clock.
Workers may keep freed memory, which dask has them give back at once unless told
otherwise; processes that joblib starts later would inherit that, too. Needs dask
(``pip install -e ".[dask]"``).
"""

import argparse
import os
import time

# Inherited by all processes.
os.environ.update(dict.fromkeys(["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"], "1"))
os.environ["PYTHONWARNINGS"] = "ignore"

import dask
import psutil
from dask.distributed import Client, LocalCluster
from joblib import parallel_config
from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV

from sklearn_rnn import RNNClassifier

KEEP_FREED_MEMORY = {
    "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": 2**30,
    "distributed.nanny.pre-spawn-environ.MALLOC_MMAP_THRESHOLD_": 2**25,
}
WAYS = {
    "one process": dict(backend="loky", n_jobs=1),
    "joblib, n_jobs=2": dict(backend="loky", n_jobs=2),
    "dask, two workers": dict(backend="dask"),
}


def processor_seconds():
    """Seconds that this process and those it started have worked so far."""
    this = psutil.Process()
    times = [p.cpu_times() for p in (this, *this.children(recursive=True))]
    return sum(t.user + t.system for t in times)


def run(way, max_iter):
    """Seconds of a search by the clock and of the processors, and its scores."""
    digits = load_digits()
    grid = {
        "hidden_layer_sizes": [32, 64],
        "pooling": ["last", "mean"],
        "learning_rate_init": [2e-3, 5e-3],
    }
    model = RNNClassifier(max_iter=max_iter, random_state=0)
    search = GridSearchCV(model, grid, cv=3, refit=False)
    start, worked = time.perf_counter(), processor_seconds()
    with parallel_config(**WAYS[way]):
        search.fit(digits.images / 16, digits.target)
    seconds = time.perf_counter() - start, processor_seconds() - worked
    return *seconds, search.cv_results_["mean_test_score"]


def main():
    """Print the times, and the ratio of dask to joblib."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=3)
    repeat = parser.parse_args().repeat
    dask.config.set(KEEP_FREED_MEMORY)
    cluster = LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0")
    with cluster, Client(cluster):
        for way in WAYS:
            run(way, max_iter=1)
        turns = [{way: run(way, max_iter=10) for way in WAYS} for _ in range(repeat)]
    best = [[min(turn[way][i] for turn in turns) for way in WAYS] for i in range(2)]
    print("                        s  s of processors")
    for way, clock, worked in zip(WAYS, *best, strict=True):
        print(f"{way:18} {clock:6.1f} {worked:6.1f}")
    ratios = [dask / joblib for _, joblib, dask in best]
    print(f"dask / joblib      {ratios[0]:6.2f} {ratios[1]:6.2f}")
    scores = [result[2] for turn in turns for result in turn.values()]
    print(f"scores differ by   {max(abs(s - scores[0]).max() for s in scores):6.1g}")


if __name__ == "__main__":
    main()
