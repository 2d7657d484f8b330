"""The site shows everything: public names, chapters, examples; its links lead on."""

import pkgutil
import re
from pathlib import Path

import pytest
from helpers import public_modules

ROOT = Path(__file__).parents[1]
PAGES = [
    *(
        ROOT / name
        for name in ["README.md", "CHANGES.md", "CONTRIBUTING.md", "SECURITY.md"]
    ),
    ROOT / "benchmarks" / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
]


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


def reference():
    """Objects that the API reference lists."""
    module, inside, found = None, False, []
    for line in read("docs/api.rst").splitlines():
        if line.startswith(".. currentmodule:: "):
            module = line.split()[-1]
        elif line.startswith(".. "):
            inside = line == ".. autosummary::"
        elif inside and (name := re.fullmatch(r"   (\w[\w.]*)", line)):
            found.append(pkgutil.resolve_name(f"{module}:{name[1]}"))
    return found


def toctrees(text):
    """Documents that the toctrees of a page list, in Markdown or reStructuredText."""
    blocks = re.findall(r"```{toctree}\n(.*?)```", text, re.S)
    blocks += re.findall(r"\.\. toctree::\n((?:\n|   .*\n)*)", text)
    return [line.strip() for block in blocks for line in block.splitlines() if line]


def test_every_public_name_is_in_the_reference():
    listed = [id(item) for item in reference()]
    assert len(set(listed)) == len(listed)
    missing = [
        f"{module.__name__}.{name}"
        for module in public_modules()
        for name in module.__all__
        if id(getattr(module, name)) not in listed
    ]
    assert not missing


def test_every_chapter_is_in_the_guide():
    listed = toctrees(read("docs/index.md")) + toctrees(read("docs/guide.md"))
    chapters = {path.stem for path in (ROOT / "docs").glob("*.md")} - {"index"}
    assert chapters <= set(listed)
    text = read("docs/guide.md")
    for name in toctrees(text):
        assert name.startswith(":") or f"({name}.md)" in text


def test_every_example_is_in_the_gallery():
    text = read("examples/index.rst")
    examples = {path.stem for path in (ROOT / "examples").glob("*.py")}
    assert examples == {line for line in toctrees(text) if not line.startswith(":")}
    assert examples == set(re.findall(r"\.\./examples/(\w+)\.py", text))


def prose(text):
    """A page without its blocks of code."""
    return re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)


def anchors(text):
    """What GitHub makes of headings."""
    titles = re.findall(r"^#+ (.*)$", prose(text), re.M)
    words = [re.sub(r"[^\w\- ]", "", title.strip().lower()) for title in titles]
    return {title.replace(" ", "-") for title in words}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    text = page.read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(text)):
        if link.startswith("https://"):
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target.read_text(encoding="utf-8")), link
