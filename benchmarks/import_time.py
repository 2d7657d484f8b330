"""What `import sklearn_rnn` costs beyond `import sklearn`.

    python benchmarks/import_time.py [--repeat 15]

Interpreters are started in turns, one importing scikit-learn with the parts that every
user of an estimator has loaded, one the package in addition; the median is reported.
"""

import argparse
import statistics
import subprocess
import sys
import time

BEFORE = "import sklearn"
AFTER = "import sklearn, sklearn_rnn"


def seconds(code):
    """Run code in a fresh interpreter."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - start


def main():
    """Print both medians and their difference."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=15)
    repeat = parser.parse_args().repeat
    pairs = [(seconds(BEFORE), seconds(AFTER)) for _ in range(repeat)]
    before, after = (
        1e3 * statistics.median(times) for times in zip(*pairs, strict=True)
    )
    print(f"import sklearn               {before:6.0f} ms")
    print(f"import sklearn, sklearn_rnn  {after:6.0f} ms")
    print(f"beyond                       {after - before:6.0f} ms (target: at most 50)")


if __name__ == "__main__":
    main()
