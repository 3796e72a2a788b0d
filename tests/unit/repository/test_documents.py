"""The documents name files, modules and packages that exist."""

import re
import tomllib
from pathlib import Path

import pytest

from projects import ROOT

CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text()
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("serving/*.md")])
MOST_FILES = {
    "a machine type": 2,
    "a policy rule": 3,
    "a scenario": 4,
    "a runtime": 4,
    "a refusal of a cloud": 3,
    "a probe option": 4,
}


def rows(heading: str) -> list[list[str]]:
    """Return the cells of the first table below a heading, without its head."""
    section = CONTRIBUTING.partition(f"## {heading}\n")[2]
    table = re.search(r"(?:^\|.*\n)+", section, re.MULTILINE)
    assert table
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table.group().splitlines()[2:]]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_path_of_a_page_exists(page: Path) -> None:
    pattern = r"(?<![\w/.-])(?:components|tests|docs|stacks|schemas|scripts|policies|examples)/[\w./-]*\w"
    paths = set(re.findall(pattern, page.read_text()))
    assert sorted(path for path in paths if not (ROOT / path).exists()) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_to_a_file(page: Path) -> None:
    links = [link for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text()) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_contributing_lists_the_packages_in_the_order_of_their_layers() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(one["layers"] for one in contracts if one["type"] == "layers")
    level = {name: index for index, layer in enumerate(reversed(layers)) for name in layer.split(" | ")}
    listed = [name for row in rows("Where things are") for name in re.findall(r"`(\w+)`", row[0]) if name in level]
    assert sorted({*level} - {*listed}) == []
    assert [level[name] for name in listed] == sorted(level[name] for name in listed)


@pytest.mark.parametrize("kind", MOST_FILES)
def test_contributing_names_few_files_to_edit(kind: str) -> None:
    edits = dict(rows("What to edit"))
    assert edits.keys() == MOST_FILES.keys()
    files = re.findall(r"`(components/[\w./-]+|tests/[\w./-]+|docs/[\w./-]+|schemas/[\w./-]+)`", edits[kind])
    assert 0 < len(files) - edits[kind].count("` or `") <= MOST_FILES[kind]


def test_every_module_that_a_value_passes_through_exists() -> None:
    modules = [module for row in rows("How it works") for module in re.findall(r"`([\w./]+\.py)`", row[-1])]
    assert len(modules) > 20
    folders = (ROOT, ROOT / "components" / "gpuplane")
    assert [module for module in modules if not any((folder / module).exists() for folder in folders)] == []
