"""Threads and memory: how NumPy code is run.

BLAS is held to one thread while we run, and `n_jobs` threads of our own share the work:
a step of a recurrent layer is a product too small for two BLAS threads, which would
cost more than they bring; halves of a minibatch in two Python threads do pay.
"""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from multiprocessing import current_process
from weakref import WeakSet

import numpy as np
from joblib import effective_n_jobs, parallel_backend
from threadpoolctl import OpenBLASController, ThreadpoolController


class _User:
    """A block that runs. When this is gone, it does so no longer."""


class _SingleThreadedBLAS:
    """Re-entrant and safe to enter from several threads: the last one out restores.

    Ctrl-C can cut short even the way out, so users are counted by what goes with them:
    the next one then restores.
    """

    def __init__(self):
        self._lock = threading.RLock()  # blocks may be left while garbage is collected
        self._users = WeakSet()
        self._before = None  # numbers of threads, as long as there are users

    @contextmanager
    def limit(self):
        """Hold it to one thread."""
        user = _User()
        try:
            with self._lock:
                self._users.add(user)
                if self._before is None:
                    self._before = [library.num_threads for library in _libraries()]
                for library in _libraries():
                    library.set_num_threads(1)
                _give_back()
            yield
        finally:
            with self._lock:
                self._users.discard(user)
                if not self._users:
                    self._restore()

    def start_in_child(self):
        """Go on after a fork: other threads do not, and one may have held the lock."""
        self._lock, self._users = threading.RLock(), WeakSet()
        self._restore()

    def _restore(self):
        if self._before is None:
            return
        for library, number in zip(_libraries(), self._before, strict=True):
            if library.num_threads == 1:  # and nobody else has set it meanwhile
                library.set_num_threads(number)
        _give_back()
        self._before = None


@cache
def _libraries():
    return ThreadpoolController().select(user_api="blas").lib_controllers


# In newer versions of threadpoolctl, the first thread to set a number owns OpenBLAS and
# no other one could restore it, unless the first gives it back.
_give_back = getattr(OpenBLASController, "clear_controlling_thread", lambda: None)


_single_threaded_blas = _SingleThreadedBLAS()
if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_single_threaded_blas.start_in_child)


@cache
def _keep_freed_memory():
    """Have the allocator keep what is freed, for the next minibatch.

    The C library of Linux gives freed arrays of some hundred kilobytes back to the
    system, and each minibatch would wait for fresh pages: more than half of its time.
    It stops doing so for arrays up to the largest that it has seen freed, 32 MB at the
    most. This one is never written to, so it takes no memory.
    """
    np.empty(31 * 2**20, np.uint8)


def _n_threads(n_jobs):
    """What `n_jobs` stands for here."""
    if n_jobs is not None and n_jobs == 0:
        raise ValueError("n_jobs must not be 0: there would be no thread to work.")
    if current_process().daemon:  # which may have no processes, but threads
        with parallel_backend("threading", n_jobs=1):
            return effective_n_jobs(n_jobs)
    return effective_n_jobs(n_jobs)


@contextmanager
def workers(n_jobs):
    """Yield (map, number of threads) to run NumPy code with; `n_jobs` as in joblib."""
    n_threads = _n_threads(n_jobs)
    _keep_freed_memory()
    with _single_threaded_blas.limit():
        if n_threads == 1:
            yield map, 1
            return
        with ThreadPoolExecutor(n_threads) as pool:
            yield pool.map, n_threads
