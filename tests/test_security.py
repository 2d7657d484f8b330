"""The package runs no text, loads no pickle, and writes no file."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import sklearn_rnn

PACKAGE = Path(sklearn_rnn.__file__).parent
SOURCES = sorted(PACKAGE.rglob("*.py"))
# It tests estimators: it reads back what it has pickled itself, in a folder of its own.
CHECKS = PACKAGE / "utils" / "_checks_of_fits.py"

RUNS_TEXT = {"eval", "exec", "compile", "__import__"}
LOADS_OBJECTS = {"pickle", "cPickle", "dill", "cloudpickle", "marshal", "shelve"}
WRITES_UNASKED = {"tempfile"}
CONNECTS = {"socket", "ssl", "http", "urllib", "ftplib", "requests", "subprocess"}


def names_of_calls(tree):
    """What is called, as it is written: ``np.load``, ``open``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def names_of_imports(tree):
    """The first part of the name of each imported module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module.split(".")[0]


def parsed(path):
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_no_text_is_run_and_no_pickle_loaded(path):
    tree = parsed(path)
    called = dict(names_of_calls(tree))
    assert not RUNS_TEXT & set(called)
    assert not {"os.system", "os.popen", "np.load", "numpy.load"} & set(called)
    for call in called.values():
        assert "allow_pickle" not in {keyword.arg for keyword in call.keywords}
    imports = set(names_of_imports(tree))
    assert not CONNECTS & imports
    if path != CHECKS:
        assert not (LOADS_OBJECTS | WRITES_UNASKED) & imports
        assert not {"joblib.load", "torch.load", "skops.io.load"} & set(called)


def test_files_are_opened_where_their_readers_are():
    openers = {
        str(path.relative_to(PACKAGE))
        for path in SOURCES
        for name, _ in names_of_calls(parsed(path))
        if name.rpartition(".")[2] in ("open", "open_text", "read_text", "read_bytes")
    }
    assert openers <= {"datasets/_builtin.py", "datasets/_readers.py"}


def test_nothing_is_written():
    for path in SOURCES:
        for name, call in names_of_calls(parsed(path)):
            assert name.rpartition(".")[2] not in (
                "write_text",
                "write_bytes",
                "unlink",
            )
            if name.rpartition(".")[2] == "open":
                modes = [a.value for a in call.args if isinstance(a, ast.Constant)]
                modes += [k.value.value for k in call.keywords if k.arg == "mode"]
                assert not set("wax+") & set("".join(map(str, modes))), (path, name)


def test_a_fit_and_a_prediction_open_no_file_and_no_connection():
    """Python tells an audit hook of every file, connection, process and `exec`."""
    code = """
import sys
from sklearn_rnn import RNNClassifier, RNNGenerator, SequenceVectorizer
from sklearn_rnn.datasets import load_names
names, gender = load_names(return_X_y=True)
X = SequenceVectorizer(analyzer="char").fit_transform(names[:20])
RNNClassifier(2, max_iter=50).fit(X, gender[:20]).predict(X)  # imports what it needs
RNNGenerator(2, max_iter=1).partial_fit(names[:20]).sample(2)
seen = []
def hook(event, arguments):
    if event in ("open", "exec", "import", "pickle.find_class", "os.system") or (
        event.partition(".")[0] in ("socket", "subprocess", "tempfile", "shutil")
    ):
        seen.append((event, str(arguments)[:80]))
sys.addaudithook(hook)
RNNClassifier(2, max_iter=50).fit(X, gender[:20]).predict(X)
RNNGenerator(2, max_iter=1).partial_fit(names[:20]).sample(2)
quiet = not seen
open(sys.executable, "rb").close()  # the hook does hear
print(quiet, len(seen))
"""
    command = [sys.executable, "-W", "ignore", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "1"]
