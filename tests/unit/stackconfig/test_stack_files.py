"""What is wrong with a stack's files: file, line, key, nearest, all at once, whoever reads them."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from gpuplane.arguments.errors import InvalidArgumentsError
from gpuplane.program.dry_run import DryResponder
from gpuplane.program.project import Project, ProjectError
from gpuplane.program.run import run_program
from gpuplane.stackconfig import load
from gpuplane.stackconfig.files.stack_files import StackFiles
from projects import ROOT
from refusals import told

SHARED = "name: acme\nruntime: python\nconfig:\n  base:\n    type: object\n    value: { tenants: {} }\n"


def told_of(root: Path, own: str, shared: str = SHARED) -> list[str]:
    (root / "Pulumi.yaml").write_text(shared)
    (root / "Pulumi.dev.yaml").write_text(own)
    return told(lambda: Project.at(root).stack("dev"))


@pytest.mark.parametrize(
    ("own", "problems"),
    [
        (
            "confg:\n  acme:overlay: {}\n",
            ["Pulumi.dev.yaml:1: confg: unknown key, nearest: config"],
        ),
        (
            "config: {}\noverlay: {}\n",
            [
                "Pulumi.dev.yaml:2: overlay: unknown key, "
                "allowed: config, environment, secretsprovider, encryptedkey, encryptionsalt"
            ],
        ),
        (
            "config:\n  acme:region: eu\n  acme:overly: { models: {} }\n",
            ["Pulumi.dev.yaml:3: config.acme:overly: unknown key, nearest: acme:overlay"],
        ),
        (
            "config:\n  acm:overlay: { models: {} }\n",
            ["Pulumi.dev.yaml:2: config.acm:overlay: unknown key, nearest: acme:overlay"],
        ),
        (
            "config:\n  acme:overlay:\n    models:\n      a: { env: { TOKEN: { secure: v1:x } } }\n",
            [
                "Pulumi.dev.yaml:4: overlay.models.a.env.TOKEN: must not be encrypted here, where it would be "
                "decrypted into plain config, fix: pulumi config set --secret KEY, and name KEY under `secrets`"
            ],
        ),
        (
            "config:\n  acme:overlay: {}\n  acme:overlay: {}\nconfig: {}\n",
            [
                "Pulumi.dev.yaml:3: config.acme:overlay: duplicate key, first in line 2, fix: keep one",
                "Pulumi.dev.yaml:4: config: duplicate key, first in line 1, fix: keep one",
            ],
        ),
        (
            "config:\n  acme:overlay: {\n",
            ["Pulumi.dev.yaml:3: not valid YAML, expected the node content, but found '<stream end>'"],
        ),
    ],
)
def test_a_wrong_stack_file_is_told_with_its_lines(tmp_path: Path, own: str, problems: list[str]) -> None:
    assert told_of(tmp_path, own) == problems


def test_a_wrong_project_file_is_told_with_its_line(tmp_path: Path) -> None:
    assert told_of(tmp_path, "config: {}\n", SHARED + "name: other\n") == [
        "Pulumi.yaml:7: name: duplicate key, first in line 1, fix: keep one"
    ]


def test_keys_that_the_project_declares_or_encrypts_are_its_own(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text(SHARED + "  layover: { type: object }\n")
    (tmp_path / "Pulumi.dev.yaml").write_text("config:\n  acme:layover: { a: 1 }\n  acme:hub: { secure: v1:x }\n")
    assert Project.at(tmp_path).stack("dev").config["acme:layover"] == '{"a": 1}'


def test_a_stack_without_a_file_is_a_project_error(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text(SHARED)
    with pytest.raises(ProjectError):
        Project.at(tmp_path).layers("dev")


def test_the_program_itself_names_the_line(tmp_path: Path) -> None:
    (tmp_path / "acme").mkdir()
    shutil.copytree(ROOT / "stacks", tmp_path / "acme" / "stacks", ignore=shutil.ignore_patterns("__pycache__"))
    for path in ROOT.glob("Pulumi*.yaml"):
        shutil.copy(path, tmp_path / "acme")
    own = tmp_path / "acme" / "Pulumi.prod.yaml"
    own.write_text(own.read_text().replace("        cpu: {", "        cpus: {"))
    project = Project.at(tmp_path / "acme")
    with pytest.raises(InvalidArgumentsError) as caught:
        run_program(project, project.stack("prod"), DryResponder())
    lines = own.read_text().splitlines()
    at = next(number for number, line in enumerate(lines, start=1) if "cpus:" in line)
    assert [str(problem) for problem in caught.value.problems] == [
        f"Pulumi.prod.yaml:{at}: overlay.models.resnet50.cpus: unknown key, nearest: cpu"
    ]


def test_lines_are_in_the_order_of_the_file(tmp_path: Path) -> None:
    models = "".join(f"      m{number}: {{ imag: x }}\n" for number in range(12))
    (tmp_path / "Pulumi.yaml").write_text(SHARED)
    (tmp_path / "Pulumi.dev.yaml").write_text(f"config:\n  acme:overlay:\n    models:\n{models}")
    layers = Project.at(tmp_path).layers("dev")
    with pytest.raises(InvalidArgumentsError) as caught:
        load(layers.base, layers.overlay, "dev", layers.files)
    unknown = [problem.path for problem in caught.value.problems if "unknown key" in problem.message]
    assert unknown == [f"Pulumi.dev.yaml:{number + 4}: overlay.models.m{number}.imag" for number in range(12)]


def test_a_key_with_dots_of_its_own_is_found() -> None:
    overlay = {"tenants": {"serving": {"namespace": "a", "labels": {"example.com/team.name": 3}}}}
    with pytest.raises(InvalidArgumentsError) as caught:
        load({}, overlay, "dev")
    assert "Pulumi.dev.yaml: overlay.tenants.serving.labels.example.com/team.name" in str(caught.value)


def near(project: str, stack: str, **overlay: Any) -> StackFiles:
    layers = Project.at(ROOT).layers("prod")
    return StackFiles.near(ROOT / "stacks", project, stack, layers.base, {**layers.overlay, **overlay})


def test_a_program_finds_the_files_above_it() -> None:
    assert near("gpuplane", "prod").overlay.place(["cluster"]) == "Pulumi.prod.yaml:5"


def test_files_that_are_another_projects_or_say_something_else_have_no_lines() -> None:
    assert near("other", "prod") == StackFiles.unread("prod")
    assert near("gpuplane", "none") == StackFiles.unread("none")
    changed = near("gpuplane", "prod", models={})
    assert (changed.overlay.place(["cluster"]), changed.base.place(["models"])) == (
        "Pulumi.prod.yaml",
        near("gpuplane", "prod").base.place(["models"]),
    )
