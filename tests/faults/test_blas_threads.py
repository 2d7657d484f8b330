"""The number of threads of BLAS is as before, whatever happens in between."""

import gc
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from sklearn_rnn import RNNRegressor
from sklearn_rnn._threads import workers


def numbers():
    """Threads of each BLAS; empty where threadpoolctl knows none."""
    return [i["num_threads"] for i in threadpool_info() if i["user_api"] == "blas"]


def set_threads(n):
    """Set them for good, and leave it to any thread to set others."""
    threadpool_limits(n, "blas")
    with threadpool_limits():
        pass


@pytest.fixture(autouse=True)
def two_threads():
    """Begin and end with two threads, on machines of one core, too."""
    before = max(numbers(), default=None)
    set_threads(2)
    yield
    now = numbers()
    set_threads(before)
    assert set(now) <= {2}


def test_one_thread_inside():
    with workers(None), workers(2):
        assert set(numbers()) <= {1}
    assert set(numbers()) <= {2}


def test_after_an_error():
    with pytest.raises(ZeroDivisionError), workers(2):
        raise ZeroDivisionError
    with pytest.raises(ValueError, match="NaN"):
        RNNRegressor(2).fit([[float("nan")]], [1.0])


def test_threads_that_overlap():
    """The first one in is not the last one out, and has not ended by then."""
    first_in, second_in, first_out, end = (threading.Event() for _ in range(4))

    def first():
        with workers(None):
            first_in.set()
            assert second_in.wait(10)
        inside = numbers()
        first_out.set()
        assert end.wait(10)
        return inside

    def second():
        assert first_in.wait(10)
        with workers(None):
            second_in.set()
            assert first_out.wait(10)

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.submit(first), pool.submit(second)
        other.result()
        then = numbers()
        end.set()
        assert set(one.result()) <= {1}
    assert set(then) <= {2}


def test_no_thread_keeps_the_right_to_set_them():
    """Others may use threadpoolctl afterwards, in whichever thread they like."""

    def limited():
        with threadpool_limits(1, "blas"):
            return numbers()

    with workers(None):
        pass
    with ThreadPoolExecutor(1) as pool:
        own = pool.submit(limited).result()
    assert set(own) <= {1}


def test_what_others_set_meanwhile_stays():
    with workers(None):
        set_threads(3)
    assert set(numbers()) <= {3}
    set_threads(2)


def test_a_block_whose_way_out_was_cut_short():
    """As by Ctrl-C between the block and its end: nobody calls `__exit__`."""
    block = workers(None)
    block.__enter__()
    assert set(numbers()) <= {1}
    del block
    gc.collect()
    assert set(numbers()) <= {2}
