"""Imports run one way, and importing the package brings no optional one."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import sklearn_rnn.core

CORE = Path(sklearn_rnn.core.__file__).parent
OWN = "sklearn_rnn.core."
GROUND = {"packing", "parameters"}
LAYERS = {"recurrent", "layers", "pooling", "attention"}
# What each module of the core may import of the core; None is anything beside itself.
ALLOWED = {
    "packing": set(),
    "parameters": set(),
    "heads": set(),
    "optimizers": set(),
    "streams": set(),
    "training": {"packing", "streams"},
    "scanning": {"packing"},
    "prediction": {"packing", "scanning"},
    "recurrent": GROUND,
    "pooling": GROUND,
    "attention": GROUND,
    "layers": GROUND,
    "networks": GROUND | LAYERS | {"crf", "scanning"},
    "crf": {"packing", "heads"},
    "encoder_decoder": GROUND | LAYERS | {"networks", "scanning", "stepping"},
    "pairs": {"packing", "training"},
    "stepping": set(),
    "beam": {"heads", "prediction"},
    "decoding": {"heads"},
}


def imported(path):
    """Dotted names of the modules that a file imports, wherever in it it does."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"relative import in {path}"
            # ``from package import module`` and ``from package.module import name``
            whole = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from whole if node.module in OWN else [node.module]


@pytest.mark.parametrize("path", sorted(CORE.glob("*.py")), ids=lambda p: p.stem)
def test_core_imports_run_one_way(path):
    names = set(imported(path))
    own = {name for name in names if name.startswith("sklearn_rnn")}
    above = {name for name in own if not name.startswith(OWN)}
    assert not above, "the core imports nothing above it"
    foreign = {n for n in names - own if n.split(".")[0] not in sys.stdlib_module_names}
    assert {name.split(".")[0] for name in foreign} <= {"numpy", "scipy"}
    assert {n for n in foreign if n.startswith("scipy")} <= {"scipy", "scipy.sparse"}
    within = {name.removeprefix(OWN).split(".")[0] for name in own}
    assert within <= ALLOWED.get(path.stem, set())


@pytest.mark.parametrize("path", sorted(CORE.glob("*.py")), ids=lambda p: p.stem)
def test_of_scipy_the_core_takes_sparse_only(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module == "scipy":
            assert [alias.name for alias in node.names] == ["sparse"]


PACKAGE = Path(sklearn_rnn.__file__).parent
SOURCES = [path for path in PACKAGE.rglob("*.py") if path.name != "_compat.py"]


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_what_is_private_in_scikit_learn_is_imported_in_one_place(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.Attribute):  # sklearn.utils._anything
            names = [ast.unparse(node)]
        else:
            continue
        for name in names:
            first, *rest = name.split(".")
            assert first != "sklearn" or not any(n.startswith("_") for n in rest), name


OPTIONAL = ["pandas", "matplotlib", "torch", "onnx", "onnxruntime", "skl2onnx", "dask"]


def run_python(code):
    """Standard output of a new interpreter."""
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_importing_the_package_brings_no_optional_one():
    """scikit-learn itself imports pandas where it is installed; we add nothing."""
    new = "set(sys.modules) - before"
    code = (
        "import sys, sklearn; before = set(sys.modules); "
        "import sklearn_rnn.export, sklearn_rnn.inspection; "
    )
    brought = run_python(f"{code}print(*{new})").split()
    assert "sklearn_rnn" in brought
    assert not set(OPTIONAL) & set(brought)


def test_the_package_imports_where_no_optional_one_is_installed():
    code = f"""
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {OPTIONAL}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Absent())
import sklearn_rnn.export, sklearn_rnn.inspection
print(*sys.modules)
"""
    assert not set(OPTIONAL) & set(run_python(code).split())


def test_estimators_fit_where_scikit_learn_has_no_callbacks():
    code = """
import sys
import sklearn.model_selection, sklearn.preprocessing  # which need it themselves
sys.modules["sklearn.callback"] = None
from sklearn_rnn import RNNClassifier, SequenceVectorizer
X = SequenceVectorizer().fit_transform(["a b", "b", "c a"])
classifier = RNNClassifier(2, max_iter=50, random_state=0).fit(X, [0, 1, 0])
print(classifier.n_iter_, hasattr(classifier, "set_callbacks"))
"""
    assert run_python(code).split() == ["50", "False"]
