"""Which custom kinds are made known to the API server, from where, and which are not checked."""

import json
from pathlib import Path
from typing import Any

import pytest

from gpuplane.program.errors import RunError
from gpuplane.rehearsal.crds import installation, store
from gpuplane.rehearsal.crds import modules as fetching
from gpuplane.rehearsal.crds.placeholder import placeholder

DEFINITION = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: scaledobjects.keda.sh}
spec:
  group: keda.sh
  names:
    kind: ScaledObject
    plural: scaledobjects
  versions:
    - {name: v1alpha1, served: true}
"""


class Api:
    """An API server that serves what it is given."""

    def __init__(self) -> None:
        self.made: list[str] = []

    def groups(self) -> set[str]:
        return {"apiextensions.k8s.io", "apps", "networking.k8s.io"}

    def create(self, obj: dict[str, Any]) -> dict[str, Any]:
        self.made.append(obj["metadata"]["name"])
        return {**obj, "status": {"conditions": [{"type": "Established", "status": "True"}]}}

    def get(self, api_version: str, kind: str, name: str) -> dict[str, Any]:
        return {"status": {"conditions": [{"type": "Established", "status": "True"}]}}

    def knows(self, api_version: str, kind: str) -> bool:
        return True


@pytest.fixture
def fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A module of KEDA with one definition; the groups that were fetched."""
    groups: list[str] = []
    folder = tmp_path / "module"
    folder.mkdir()
    (folder / "keda.sh_scaledobjects.yaml").write_text(DEFINITION)

    def fetch(module: fetching.Module) -> Path:
        groups.append(module.group)
        return folder

    monkeypatch.setenv("GPUPLANE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(store, "fetch", fetch)
    return groups


def obj(api_version: str, kind: str, **metadata: str) -> dict[str, Any]:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": "one", **metadata}}


def installed(*objects: dict[str, Any]) -> tuple[list[str], list[str]]:
    api: Any = Api()
    notes = installation.install(api, objects, lambda _: None)
    return api.made, notes


def test_a_stack_of_plain_kubernetes_needs_none(fetched: list[str]) -> None:
    assert installed(obj("apps/v1", "Deployment"), obj("v1", "Pod"), obj("networking.k8s.io/v1", "Ingress")) == ([], [])
    assert fetched == []


def test_a_kind_with_a_module_is_fetched_once_and_kept(fetched: list[str]) -> None:
    scaled = obj("keda.sh/v1alpha1", "ScaledObject", namespace="ml")
    assert installed(scaled) == (["scaledobjects.keda.sh"], [])
    assert installed(scaled, scaled) == (["scaledobjects.keda.sh"], [])
    assert fetched == ["keda.sh"]


def test_a_kind_that_its_module_does_not_have_stays_unknown(fetched: list[str]) -> None:
    assert installed(obj("keda.sh/v1alpha1", "ScaledObjekt", namespace="ml")) == ([], [])


def test_a_kind_without_a_module_gets_an_open_stand_in_and_a_note(fetched: list[str]) -> None:
    assert installed(obj("kueue.x-k8s.io/v1beta1", "LocalQueue", namespace="ml")) == (
        ["localqueues.kueue.x-k8s.io"],
        [
            "LocalQueue of kueue.x-k8s.io was not validated: no CRD is bundled for it",
        ],
    )


def test_a_misspelt_kind_of_kubernetes_itself_gets_no_stand_in(fetched: list[str]) -> None:
    assert installed(obj("networking.k8s.io/v1", "Ingres"), obj("apps/v1", "Deploymint")) == ([], [])


def test_a_definition_that_the_program_brings_itself_is_left_to_it(fetched: list[str]) -> None:
    own = {
        **obj("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
        "spec": {"group": "acme.example", "names": {"kind": "Queue"}},
    }
    assert installed(own, obj("acme.example/v1", "Queue"))[0] == []


@pytest.mark.parametrize(
    ("kind", "plural"),
    [("LocalQueue", "localqueues"), ("NodePolicy", "nodepolicies"), ("ComputeClass", "computeclasses")],
)
def test_a_stand_in_is_named_as_kubernetes_names(kind: str, plural: str) -> None:
    made = placeholder("acme.example", kind, [obj("acme.example/v1", kind)])
    assert made["metadata"]["name"] == f"{plural}.acme.example"
    assert made["spec"]["scope"] == "Cluster"


def test_a_stand_in_has_every_version_in_use_and_stores_one() -> None:
    used = [obj(f"acme.example/{version}", "Queue", namespace="a") for version in ("v1beta1", "v1")]
    versions = placeholder("acme.example", "Queue", used)["spec"]["versions"]
    assert [(one["name"], one["storage"]) for one in versions] == [("v1", False), ("v1beta1", True)]


def test_another_checksum_than_the_pinned_one_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = json.dumps({"Sum": "h1:other", "Dir": str(tmp_path)})
    go = tmp_path / "go"
    go.write_text(f"#!/bin/sh\necho '{answer}'\n")
    go.chmod(0o755)
    monkeypatch.setattr(fetching, "go_command", lambda _: str(go))
    module = fetching.modules()["keda.sh"]
    with pytest.raises(RunError) as raised:
        fetching.fetch(module)
    assert str(raised.value) == (
        f"github.com/kedacore/keda/v2@v2.21.0 is not what it was: its checksum must be {module.sum}, got h1:other"
    )


def test_a_module_that_cannot_be_fetched_is_one_line_with_the_fix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = tmp_path / "go"
    go.write_text("#!/bin/sh\necho 'dial tcp: no such host' >&2\nexit 1\n")
    go.chmod(0o755)
    monkeypatch.setattr(fetching, "go_command", lambda _: str(go))
    with pytest.raises(RunError) as raised:
        fetching.fetch(fetching.modules()["keda.sh"])
    assert str(raised.value) == (
        "cannot fetch the definitions of keda.sh from github.com/kedacore/keda/v2@v2.21.0: dial tcp: no such host, "
        "fix: go online for the first rehearsal that uses them, or set GOPROXY"
    )
