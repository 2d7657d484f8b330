"""Runs tests on the package with one line changed.

A copy of package and tests is made first. The parent process imports what is slow and
not ours; each run is a fork of it, which imports the package from the copy, and one
module of it from a changed source, so that many may run at a time.
"""

import hashlib
import importlib.abc
import importlib.util
import json
import multiprocessing
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
from multiprocessing.connection import wait
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
COPIED = ("sklearn_rnn", "tests", "conftest.py", "pyproject.toml")
CORE = "sklearn_rnn.core."
MEMORY = 4 * 2**30  # bytes; a change may make an array of any size
OPTIONS = ["-q", "-x", "-o", "addopts=", "-p", "no:cacheprovider", "-p", "no:xdist"]
OPTIONS += ["-p", "no:cov", "-W", "ignore::pytest.PytestAssertRewriteWarning"]
SLOW_IMPORTS = (
    "numpy",
    "pandas",
    "scipy.sparse",
    "scipy.special",
    "sklearn.model_selection",
    "sklearn.pipeline",
    "sklearn.utils.estimator_checks",
)
CACHE = Path(tempfile.gettempdir()) / f"sklearn_rnn_mutants_{os.getuid()}"


def copied(folder):
    """Copy what is tested into a folder, from which every fork will import it."""
    skip = shutil.ignore_patterns("__pycache__")
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=skip)
        else:
            shutil.copy(source, folder / name)
    for name in SLOW_IMPORTS:
        importlib.import_module(name)
    sys.path.insert(0, str(folder))
    os.environ["PYTHONPATH"] = str(folder)
    os.chdir(folder)


class ChangedModule(importlib.abc.MetaPathFinder, importlib.abc.SourceLoader):
    """Finds one module in a source of our own."""

    def __init__(self, name, path, source):
        self.name, self.path, self.source = name, path, source

    def find_spec(self, name, path=None, target=None):
        """The module, and no other."""
        if name == self.name:
            return importlib.util.spec_from_loader(name, self, origin=self.path)
        return None

    def get_filename(self, name):
        """Where it would be."""
        return self.path

    def get_data(self, path):
        """The source."""
        return self.source


class Selection:
    """Runs some of the tests in a given order, and says which one failed first."""

    def __init__(self, folder, seconds, changed=None):
        self.folder, self.seconds, self.changed = folder, seconds, changed
        self.failed = None

    def pytest_collection_modifyitems(self, items):
        """Leave those that were asked for."""
        place = {test: i for i, test in enumerate(self.seconds)}
        items[:] = [item for item in items if item.nodeid in place]
        items.sort(key=lambda item: place[item.nodeid])

    def pytest_collection_finish(self):
        """The package must be the copy, and the module the changed one."""
        import sklearn_rnn

        assert Path(sklearn_rnn.__file__).is_relative_to(self.folder)
        if self.changed:
            loader = sys.modules[self.changed.name].__loader__
            assert loader is self.changed

    def pytest_runtest_logstart(self, nodeid):
        """What takes far longer than it should is stopped by the system."""
        limit = 10.0 + 20.0 * self.seconds[nodeid]
        signal.setitimer(signal.ITIMER_PROF, limit)  # of the processor
        signal.setitimer(signal.ITIMER_REAL, 10.0 * limit)

    def pytest_runtest_logreport(self, report):
        """Keep the first failure."""
        if report.failed and self.failed is None:
            self.failed = report.nodeid

    def pytest_collectreport(self, report):
        """A module that cannot be imported fails, too."""
        if report.failed and self.failed is None:
            self.failed = f"import of {report.nodeid}"


class Measurement:
    """Which lines of the core each test runs, and how long it takes."""

    def __init__(self, folder):
        from coverage import Coverage  # pip install coverage

        core = folder / CORE.replace(".", "/")
        os.environ["COVERAGE_CORE"] = "ctrace"
        self.coverage = Coverage(data_file=None, include=[f"{core}/*"])
        self.seconds, self.failed = {}, set()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item):
        """Time of the processor, so that other programs do not count."""
        self.coverage.switch_context(item.nodeid)
        start = time.process_time()
        result = yield
        self.seconds[item.nodeid] = time.process_time() - start
        self.coverage.switch_context("")
        return result

    def pytest_runtest_logreport(self, report):
        """What fails, or is skipped, notices nothing."""
        if not report.passed:
            self.failed.add(report.nodeid)

    def result(self):
        """Test -> seconds and lines, module -> list."""
        data = self.coverage.get_data()
        tests = {
            name: {"seconds": seconds, "lines": {}}
            for name, seconds in self.seconds.items()
            if name not in self.failed
        }
        for path in data.measured_files():
            for line, contexts in data.contexts_by_lineno(path).items():
                for test in contexts:
                    if test in tests:
                        lines = tests[test]["lines"]
                        lines.setdefault(Path(path).name, []).append(line)
        return {"tests": tests, "failed": sorted(self.failed)}


def measure(folder, file, output):
    """In a fork: measure the tests of a file."""
    silence()
    plugin = Measurement(folder)
    plugin.coverage.start()
    options = [option for option in OPTIONS if option != "-x"]
    pytest.main([*options, file], plugins=[plugin])
    plugin.coverage.stop()
    output.write_text(json.dumps(plugin.result()))


def run(folder, module, source, seconds, output):
    """In a fork: run tests (name -> seconds) on a changed module until one fails."""
    silence()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    path = folder / "sklearn_rnn" / "core" / module
    changed = ChangedModule(CORE + path.stem, str(path), source)
    sys.meta_path.insert(0, changed)
    plugin = Selection(folder, seconds, changed)
    files = dict.fromkeys(test.split("::")[0] for test in seconds)
    code = pytest.main([*OPTIONS, *files], plugins=[plugin])
    if bool(code) != bool(plugin.failed):  # something else than a test failed
        sys.exit(f"pytest ended with {code!r}")
    output.write_text(json.dumps(plugin.failed))


def silence():
    """Send what is printed nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def side_by_side(tasks, jobs):
    """Run (key, function, arguments) in forks; yield (key, exit code) as they end."""
    fork, running, tasks = multiprocessing.get_context("fork"), {}, iter(tasks)
    while True:
        while len(running) < jobs and (task := next(tasks, None)):
            key, function, *arguments = task
            process = fork.Process(target=function, args=arguments)
            process.start()
            running[process.sentinel] = key, process
        if not running:
            return
        for sentinel in wait(list(running)):
            key, process = running.pop(sentinel)
            process.join()
            yield key, process.exitcode


def measured(folder, names, jobs):
    """Test -> seconds and lines, of test files; kept until one of them changes."""
    files = [f"tests/test_{name}.py" for name in names]
    CACHE.mkdir(exist_ok=True)
    core = digest(sorted((folder / "sklearn_rnn" / "core").glob("*.py")))
    shared = digest([folder / "tests" / "helpers.py", folder / "tests" / "conftest.py"])
    places = {
        file: CACHE / f"{core}-{shared}-{digest([folder / file])}.json"
        for file in files
    }
    missing = [file for file in files if not places[file].exists()]
    tasks = [(file, measure, folder, file, places[file]) for file in missing]
    for file, code in side_by_side(tasks, jobs):
        print(f"measured {file}" if not code else f"failed: {file}", flush=True)
    tests = {}
    for file in files:
        found = json.loads(places[file].read_text())
        tests |= found["tests"]
        for test in found["failed"]:
            print(f"left out, as it fails or is skipped: {test}")
    return tests


def digest(paths):
    """Short hash of files."""
    hashed = hashlib.sha256()
    for path in paths:
        hashed.update(path.read_bytes())
    return hashed.hexdigest()[:12]
