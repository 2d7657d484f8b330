"""Call everything with malformed input: ``python tests/fuzzing --inputs 20000``.

A single case, with its error: ``python tests/fuzzing --case 1234``.
"""

import argparse
import faulthandler
import os
import resource
import sys
import traceback
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MPLBACKEND", "agg")

import verdicts
from fuzz_cases import make_case

MEMORY = 6 * 2**30
CHUNK = 250


def run_chunk(seeds):
    """Kinds, target, outcome and detail of each case."""
    faulthandler.enable()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    found = []
    for seed in seeds:
        case = make_case(seed)
        verdict = verdicts.judge(case)
        found.append((seed, case.kinds, case.target.name, *verdict))
    return found


def run(seeds, n_jobs):
    """The same of all cases; those after which a process died are run alone."""
    chunks = [seeds[i : i + CHUNK] for i in range(0, len(seeds), CHUNK)]
    while chunks:
        with ProcessPoolExecutor(n_jobs) as pool:
            futures = [pool.submit(run_chunk, chunk) for chunk in chunks]
            try:
                for future in futures:
                    yield from future.result()
                    chunks = chunks[1:]
            except BrokenProcessPool:  # the others of the pool died with it
                yield from _alone(chunks[0])
                chunks = chunks[1:]


def _alone(chunk):
    """Each case in a process of its own, as one of them ends its process."""
    for seed in chunk:
        with ProcessPoolExecutor(1) as pool:
            try:
                yield from pool.submit(run_chunk, [seed]).result()
            except BrokenProcessPool:
                case = make_case(seed)
                yield seed, case.kinds, case.target.name, "crash", "the process died"


def table(found):
    """Kinds of input by outcomes."""
    counts, outcomes = defaultdict(Counter), Counter()
    for _, kinds, _, outcome, _ in found:
        outcomes[outcome] += 1
        for kind in kinds:
            counts[kind][outcome] += 1
    heads = [*verdicts.GOOD, *sorted({*outcomes} - {*verdicts.GOOD})]
    width = max(map(len, counts))
    lines = [" " * width + "".join(f"{head:>16}" for head in heads)]
    for kind in sorted(counts):
        numbers = "".join(f"{counts[kind][head]:>16,}" for head in heads)
        lines.append(f"{kind:<{width}}{numbers}")
    numbers = "".join(f"{outcomes[head]:>16,}" for head in heads)
    return "\n".join([*lines, "", f"{'all inputs':<{width}}{numbers}"])


def show(seed):
    """One case in full."""
    case = make_case(seed)
    print(f"{case.target.name}; malformed: {', '.join(case.mutated)} ({case.kinds})")
    for name, value in case.arguments.items():
        print(f"  {name} = {_shown(value):.1000}")
    print(*verdicts.judge(case), sep="\n")
    case = make_case(seed)
    try:
        print(repr(case.target.call(case.subject, case.arguments))[:1000])
    except BaseException:
        traceback.print_exc()


def _shown(value):
    try:
        return repr(value)
    except Exception as error:
        return f"{type(value).__name__} that {error!r} keeps from being shown"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--inputs", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=0, help="of the first input")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--case", type=int, help="run this one only, and show it")
    options = parser.parse_args()
    sys.stdout.reconfigure(errors="backslashreplace")  # lone surrogates are drawn, too
    if options.case is not None:
        return show(options.case)
    seeds = range(options.seed, options.seed + options.inputs)
    found = list(run(seeds, options.jobs))
    print(table(found))
    bad = [one for one in found if one[3] not in verdicts.GOOD]
    for seed, _, name, outcome, detail in bad:
        print(f"\npython tests/fuzzing --case {seed}  # {name}\n  {outcome}: {detail}")
    print(f"\n{len(found):,} malformed inputs, {len(bad):,} failures")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
