"""Every block of code in README and guide runs.

Blocks with prompts are doctests, which pytest runs by itself. Here are the plain ones,
and the prompts between them, in one namespace, as a reader would have them; what shows
a package beside ours runs where that is installed. Commands are not run, but are only
those that install the package, run an example or its tests.
"""

import doctest
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page):
    """Triples (language, line, code) of a page."""
    text = page.read_text(encoding="utf-8")
    for found in BLOCK.finditer(text):
        yield found[1], text.count("\n", 0, found.start()) + 2, found[2]


def stretch(page):
    """Pairs (line, code) from the first block of a page without prompts to the last."""
    python = [
        (line, code) for language, line, code in blocks(page) if language == "python"
    ]
    plain = [place for place, (_, code) in enumerate(python) if ">>>" not in code]
    return python[plain[0] : plain[-1] + 1] if plain else []


def run(page, line, code, namespace):
    """Execute a block as if it stood in a script; of prompts, only what is typed."""
    if ">>>" in code:
        examples = doctest.DocTestParser().get_examples(code)
        code = "".join(example.source for example in examples if not example.exc_msg)
    exec(compile("\n" * (line - 1) + code, page, "exec"), namespace)


@pytest.mark.filterwarnings("ignore")  # of others
@pytest.mark.parametrize(
    "page", [page for page in PAGES if stretch(page)], ids=lambda page: page.stem
)
def test_plain_blocks_run(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    monkeypatch.setenv("MPLBACKEND", "agg")  # no windows
    namespace, missing = {"__name__": "__main__"}, []
    for line, code in stretch(page):
        try:
            run(page, line, code, namespace)
        except ImportError as error:
            if "sklearn_rnn" in (error.name or ""):
                raise
            missing.append(f"line {line}: {error}")
    if missing:
        pytest.skip("; ".join(missing))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_nothing_else_is_code(page):
    for language, _, code in blocks(page):
        if language == "sh":
            for command in re.split(r"\n|&&", code.strip()):
                assert command.split()[0] in ("pip", "python", "pytest"), command
        else:  # drawings are text, and what has braces is for the site
            assert language in ("python", "text") or language.startswith("{"), code
