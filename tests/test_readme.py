"""What the README says of the package itself is true."""

import re
import tomllib
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
PROJECT = tomllib.loads(PYPROJECT)["project"]


def badge(name):
    """What a badge says of something."""
    found = re.search(rf"img\.shields\.io/badge/{name}-(.+?)-\w+\)", README)
    return unquote(found[1]).replace("--", "-")


def test_badges():
    assert ">=" + badge("python").removesuffix("+") == PROJECT["requires-python"]
    assert badge("licence") == PROJECT["license"]
    needed = [name.partition(">=")[0] for name in PROJECT["dependencies"]]
    assert badge("requires").split(" · ") == needed


def test_examples_are_short():
    """Fifteen lines are enough for each estimator."""
    blocks = re.findall(r"```python\n(.*?)```", README, re.S)
    assert len(blocks) == 7
    for block in blocks:
        assert len(re.findall(r"^(?:>>>|\.\.\.) ", block, re.M)) <= 15


def test_the_package_is_small():
    """Less than a megabyte, without what Python compiles."""
    files = (ROOT / "sklearn_rnn").rglob("*")
    sizes = [f.stat().st_size for f in files if f.suffix in (".py", ".tsv", ".csv")]
    assert sum(sizes) < 1_000_000
