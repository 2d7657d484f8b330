"""Do the tests notice a wrong line? Changes lines of the core one by one, runs tests.

    pip install coverage
    python benchmarks/mutants.py --mutants 300 --seed 0 --jobs 2
    python benchmarks/mutants.py --only core/crf.py:57

Each mutant is one small change of one line of `sklearn_rnn/core`, see `_mutations.py`.
It runs in a copy of the package, see `_mutant_runs.py`, under those tests that run that
line, the quickest first, until one fails or is still running long after it should have
ended: then the mutant is killed. First come the tests of the core, then those of the
estimators. Changes that no test can notice are listed, with the reason, in
`mutants_explained.toml`. What survives otherwise is printed, and the exit code is 1.
"""

import argparse
import json
import random
import sys
import tempfile
import time
import tomllib
from collections import Counter
from pathlib import Path

from _mutant_runs import ROOT, copied, measured, run, side_by_side
from _mutations import Source, mutants

CORE_TESTS = (
    *("gradients", "attention", "beam", "crf", "decoding", "encoder_decoder"),
    *("optimizers", "packing", "parameters", "recurrent", "stepping", "streams"),
    *("torch_reference", "training", "heads", "networks", "pooling", "scanning"),
)
ESTIMATOR_TESTS = (
    *("translator", "tagger", "generator", "classifier", "regressor", "fit"),
    *("limits", "gradient_norms", "memorization"),
)
EXPLAINED = Path(__file__).with_name("mutants_explained.toml")
QUICK = 3.0  # seconds of the tests that run before all others


def main():
    """Make mutants, run them, report."""
    options = arguments()
    everything = every_mutant()
    chosen, known = sampled(everything, options), explained(everything)
    outcomes = {i: "explained" for i in chosen if i in known and not options.explained}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        copied(folder)
        start = time.perf_counter()
        for part, choose in PARTS:
            left = {i: m for i, m in chosen.items() if i not in outcomes}
            if not left:
                break
            tests = measured(folder, part, options.jobs)
            outcomes |= killed(folder, left, tests, choose, options.jobs)
        minutes = (time.perf_counter() - start) / 60
    report(chosen, outcomes)
    print(f"{minutes:.1f} minutes")
    sys.exit(len(outcomes) < len(chosen))


def arguments():
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mutants", type=int, default=300, help="0 for all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--only", nargs="*", help="core/crf.py, or core/crf.py:57")
    parser.add_argument(
        "--explained", action="store_true", help="run those that are explained, too"
    )
    return parser.parse_args()


def every_mutant():
    """Number -> mutant, in the order of the modules and their lines."""
    core, found = ROOT / "sklearn_rnn" / "core", []
    for path in sorted(core.glob("*.py")):
        found += mutants(path.name, path.read_text())
    return dict(enumerate(found))


def sampled(everything, options):
    """Those that were asked for, or as large a share of each module."""
    if options.only:
        return {
            i: m
            for i, m in everything.items()
            for place in [f"core/{m.module}"]
            if {place, f"{place}:{m.line}"} & {*options.only}
        }
    rng, rank = random.Random(options.seed), {}
    for module in dict.fromkeys(m.module for m in everything.values()):
        own = [i for i, m in everything.items() if m.module == module]
        rng.shuffle(own)
        rank |= {i: (place + 0.5) / len(own) for place, i in enumerate(own)}
    first = sorted(everything, key=rank.get)[: options.mutants or None]
    return {i: everything[i] for i in sorted(first)}


def explained(everything):
    """Numbers of those that no test can notice; the list must have no others."""
    places = {}
    for i, m in everything.items():
        places.setdefault((m.module, m.scope, m.before, m.after), set()).add(i)
    found = set()
    for entry in tomllib.loads(EXPLAINED.read_text())["explained"]:
        for after in entry["after"]:
            key = (entry["module"], entry["scope"], entry["before"], after)
            if key not in places:
                sys.exit(f"{EXPLAINED.name} explains what is no mutant: {key}")
            found |= places[key]
    return found


def near(mutant, tests):
    """Of what covers a mutant: the module's own tests, or quick ones of all kinds."""
    found = covering(mutant, tests)
    own = f"tests/test_{mutant.module}"
    quick = {name: s for name, s in found.items() if name.startswith(own)}
    if quick:
        return quick
    total = 0.0
    for name, seconds in found.items():
        total += seconds
        if total > QUICK:
            break
        quick[name] = seconds
    return quick


def far(mutant, tests):
    """The rest of it."""
    skip = near(mutant, tests)
    return {n: s for n, s in covering(mutant, tests).items() if n not in skip}


def covering(mutant, tests):
    """Test -> seconds of those that run what a mutant changes.

    The quickest one of each function comes first, then the second one of each, and so
    on: tests of one function mostly notice the same.
    """
    lines = set(range(mutant.first, mutant.last + 1))
    found = {
        name: test["seconds"]
        for name, test in tests.items()
        if not lines.isdisjoint(test["lines"].get(mutant.module, ()))
    }
    rank, seen = {}, Counter()
    for name in sorted(found, key=found.get):
        function = name.split("[")[0]
        rank[name] = seen[function], found[name]
        seen[function] += 1
    return {name: found[name] for name in sorted(found, key=rank.get)}


def killed(folder, left, measured_tests, choose, jobs):
    """Number -> what killed a mutant, of those that do not survive their tests."""
    found, outputs = {}, {i: folder / f"{i}.json" for i in left}
    tests = {i: choose(m, measured_tests) for i, m in left.items()}
    sources = {m.module: None for m in left.values()}
    for module in sources:
        text = (folder / "sklearn_rnn" / "core" / module).read_text()
        sources[module] = Source(module, text)
    tasks = (
        (i, run, folder, m.module, changed(sources, m), tests[i], outputs[i])
        for i, m in left.items()
        if tests[i]
    )
    for i, code in side_by_side(tasks, jobs):
        if code > 0:
            sys.exit(f"mutant {i} did not run: {line(i, left[i])}")
        by = "time limit" if code else json.loads(outputs[i].read_text())
        if by:
            found[i] = by
        else:
            print("not yet noticed:", line(i, left[i]), flush=True)
    return found


def changed(sources, mutant):
    """The source of a mutant's module."""
    return sources[mutant.module].changed(mutant.start, mutant.stop, mutant.new)


def line(i, mutant):
    """A mutant in words."""
    place = f"core/{mutant.module}:{mutant.line} {mutant.scope}"
    return f"#{i} {place}\n    {mutant.before}\n    {mutant.after}"


def report(chosen, outcomes):
    """Print survivors, and tables by module and by kind."""
    for i, mutant in chosen.items():
        if i not in outcomes:
            print("survived:", line(i, mutant))
    for field in ("module", "kind"):
        print(f"\n| {field} | mutants | killed | explained | survived |")
        print("|---|---|---|---|---|")
        rows = {getattr(m, field): Counter() for m in chosen.values()}
        rows["all"] = Counter()
        for i, mutant in chosen.items():
            outcome = outcomes.get(i, "survived")
            kind = outcome if outcome in ("explained", "survived") else "killed"
            rows[getattr(mutant, field)][kind] += 1
            rows["all"][kind] += 1
        for name, row in rows.items():
            counts = [row[k] for k in ("killed", "explained", "survived")]
            print(f"| {name} |", " | ".join(map(str, [sum(counts), *counts])), "|")


PARTS = ((CORE_TESTS, near), (CORE_TESTS, far), (ESTIMATOR_TESTS, covering))

if __name__ == "__main__":
    main()
