"""How much the package takes: long, many, wide and deep data, in time and memory.

Shows, in tables of Markdown, for each limit the time and the peak of the memory:

long        one sequence of up to a million steps is read
learn       an epoch on sequences of up to a million steps
many        up to a million short sequences are read
short       a million short sequences: containers, vectorizer, an epoch, predictions
vocabulary  a million words in, and a million outputs
classes     a thousand of them
dtypes      float16 and int8
deep        200 steps of a tanh layer whose gradients explode, and 200 layers
growth      slopes of log time over log tokens

Each case runs in a process of its own. The peak is the largest resident memory during
the call (``VmHWM``, which Linux lets one reset; elsewhere the growth of ``ru_maxrss``)
less the memory at its start, when the input and the model are there already. One
thread. Times need a quiet machine, memory does not; with ``--cpu-time`` the growth
counts processor time, which hardly depends on others.

    python benchmarks/limits.py [--only SECTION ...] [--scale 0.01] [--cpu-time]
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

import _limits_growth
import _limits_memory
import _limits_numbers
import _limits_sizes
import numpy as np
import scipy
import sklearn

THREADS = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def all_sections(options):
    """Name -> section."""
    clock = "process_time" if options.cpu_time else "perf_counter"
    return {
        **_limits_memory.sections(options.scale),
        **_limits_sizes.sections(options.scale),
        **_limits_numbers.sections(options.scale),
        **_limits_growth.sections(options.scale, clock),
    }


def run_case(section, index):
    """Run a case in this process, and print its rows as lines of JSON."""
    function, *args = section.cases[index]
    for cells in function(*args):
        print(json.dumps(cells, default=float), flush=True)


def rows_of(name, index, given):
    """Yield the rows of a case, which another process runs."""
    command = [sys.executable, __file__, *given, "--case", name, str(index)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, **THREADS}
    )
    for line in process.stdout:
        yield json.loads(line)
    if process.wait():
        raise SystemExit(f"case {index} of {name} failed")


def written(cell):
    """A cell as text."""
    if isinstance(cell, float):
        return f"{cell:,.0f}" if abs(cell) >= 100 else f"{cell:.3g}"
    return f"{cell:,}" if isinstance(cell, int) else str(cell)


def print_section(name, section, given):
    """Run all cases, and print their rows as they come."""
    print(f"\n### {section.title} (`{name}`)\n")
    if section.note:
        print(f"{section.note}\n")
    columns = [column.strip() for column in section.columns.split("|")]
    print(f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}", flush=True)
    for index in range(len(section.cases)):
        for cells in rows_of(name, index, given):
            print(f"| {' | '.join(map(written, cells))} |", flush=True)


def describe_machine():
    """What the figures depend on."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = {line.split(": ")[1] for line in lines if line.startswith("model name")}
    return (
        f"{', '.join(names) or platform.processor()}, one thread, load "
        f"{os.getloadavg()[0]:.1f}; Python {platform.python_version()}, NumPy "
        f"{np.__version__}, SciPy {scipy.__version__}, scikit-learn "
        f"{sklearn.__version__}"
    )


def main():
    """Print all tables, or some."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", nargs="+", default=None, metavar="SECTION")
    parser.add_argument("--scale", type=float, default=1.0, help="share of all sizes")
    parser.add_argument("--cpu-time", action="store_true")
    parser.add_argument("--case", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    found = all_sections(options)
    if options.case:
        name, index = options.case
        run_case(found[name], int(index))
        return
    given = ["--scale", str(options.scale)] + ["--cpu-time"] * options.cpu_time
    print(describe_machine())
    start = time.perf_counter()
    for name in options.only or found:
        print_section(name, found[name], given)
    seconds = time.perf_counter() - start
    print(f"\n{seconds / 60:.1f} minutes, load at the end {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
