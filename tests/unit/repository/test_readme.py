"""The README shows files, commands and messages as they are."""

import re
import shutil
from pathlib import Path

import pytest
from typer.main import get_command

import gpuplane as library
from commands import gpuplane
from gpuplane.cli.main import app
from projects import ROOT

README = (ROOT / "README.md").read_text()


@pytest.mark.parametrize("path", ["Pulumi.prod.yaml", "examples/one-server/__main__.py"])
def test_a_file_that_it_shows_is_shown_as_it_is(path: str) -> None:
    assert (ROOT / path).read_text().rstrip() in README


def test_every_file_that_it_links_to_is_there() -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_it_names_every_command() -> None:
    commands: dict[str, object] = vars(get_command(app))["commands"]
    named = set(re.findall(r"^\| `gpuplane (\w+)", README, re.MULTILINE))
    assert named == commands.keys() - {"schema"}


def test_its_table_has_every_component() -> None:
    classes = {name for name in library.__all__ if hasattr(getattr(library, name), "register_outputs")}
    rows = re.findall(r"^\| (`[A-Z].*?) \|", README, re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == classes


@pytest.mark.parametrize(
    ("old", "new"),
    [("maxReplicas: 8", "maxReplicas: 10"), ("        cpu: {", "        cpus: {")],
    ids=["quota", "misspelt"],
)
def test_what_it_says_of_a_wrong_config_is_what_the_command_says(tmp_path: Path, old: str, new: str) -> None:
    for path in ROOT.glob("Pulumi*.yaml"):
        shutil.copy(path, tmp_path)
    shutil.copytree(ROOT / "stacks", tmp_path / "stacks")
    stack = tmp_path / "Pulumi.prod.yaml"
    text = stack.read_text()
    assert text.count(old) == 1
    stack.write_text(text.replace(old, new))
    done = gpuplane("rehearse", "-s", "prod", "-C", str(tmp_path))
    printed = " ".join(f"{done.stdout}{done.stderr}".split())
    assert printed in " ".join(README.split())
