"""Threads and memory: how NumPy code is run.

BLAS is held to one thread while we run, and `n_jobs` threads of our own share the work:
a step of a recurrent layer is a product too small for two BLAS threads, which would
cost more than they bring; halves of a minibatch in two Python threads do pay.
"""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache

import numpy as np
from joblib import effective_n_jobs
from threadpoolctl import ThreadpoolController


class _SingleThreadedBLAS:
    """Re-entrant and safe to enter from several threads: the last one out restores."""

    def __init__(self):
        self._lock = threading.Lock()
        self._users = 0
        self._limiter = None

    def __enter__(self):
        with self._lock:
            if not self._users:
                self._limiter = _controller().limit(limits=1, user_api="blas")
            self._users += 1

    def __exit__(self, *_):
        with self._lock:
            self._users -= 1
            if not self._users:
                self._limiter.restore_original_limits()


@cache
def _controller():
    return ThreadpoolController()


_single_threaded_blas = _SingleThreadedBLAS()


@cache
def _keep_freed_memory():
    """Have the allocator keep what is freed, for the next minibatch.

    The C library of Linux gives freed arrays of some hundred kilobytes back to the
    system, and each minibatch would wait for fresh pages: more than half of its time.
    It stops doing so for arrays up to the largest that it has seen freed, 32 MB at the
    most. This one is never written to, so it takes no memory.
    """
    np.empty(31 * 2**20, np.uint8)


@contextmanager
def workers(n_jobs):
    """Yield (map, number of threads) to run NumPy code with; `n_jobs` as in joblib."""
    n_threads = effective_n_jobs(n_jobs)
    _keep_freed_memory()
    with _single_threaded_blas:
        if n_threads == 1:
            yield map, 1
            return
        with ThreadPoolExecutor(n_threads) as pool:
            yield pool.map, n_threads
