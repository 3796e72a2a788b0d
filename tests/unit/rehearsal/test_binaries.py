"""Where the control plane's programs come from, and what is said when they cannot be had."""

import fcntl
import os
import stat
import threading
from pathlib import Path

import pytest

from gpuplane.program.errors import RunError
from gpuplane.rehearsal.binaries import TOOLS, ensure, store
from gpuplane.rehearsal.binaries.build import build_flags

# A Go that "builds": it writes its command line into each program that is asked for.
GO = """#!/bin/sh
if [ "$1" = version ]; then echo "go version go{version} linux/amd64"; exit 0; fi
{fail}
while [ $# -gt 0 ]; do
  case "$1" in -o) out=$2; shift ;; esac
  shift
done
if [ -d "$out" ]; then
  for tool in kwok kwokctl kube-apiserver kube-controller-manager kube-scheduler; do echo "$PWD" > "$out/$tool"; done
else
  echo "$PWD" > "$out"
fi
"""


def script(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with nothing but a folder for programs on PATH and an empty cache."""
    commands = tmp_path / "bin"
    commands.mkdir()
    monkeypatch.setenv("PATH", f"{commands}{os.pathsep}/usr/bin{os.pathsep}/bin")
    monkeypatch.setenv("GPUPLANE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("GPUPLANE_BINARIES_DIR", raising=False)
    monkeypatch.setattr("sys.executable", str(tmp_path / "venv" / "bin" / "python"))
    return commands


def go(commands: Path, version: str = "1.99.0", fail: str = "") -> None:
    script(commands / "go", GO.format(version=version, fail=fail))


def said(*_: str) -> None:
    pass


def test_what_is_missing_is_built_once_and_found_afterwards(machine: Path) -> None:
    go(machine)
    lines: list[str] = []
    folder = ensure(lines.append)
    assert all((folder / tool).exists() for tool in TOOLS)
    assert [line.split(",")[0] for line in lines if "building" in line] == [
        "binaries: building etcd",
        "binaries: building kwok",
        "binaries: building kube-apiserver",
    ]
    (machine / "go").unlink()
    assert ensure(said) == folder


def test_other_pinned_versions_are_other_programs(
    machine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go(machine)
    before = ensure(said)
    real = store._module_folder
    changed = tmp_path / "etcd"
    changed.mkdir()
    for name in ("go.mod", "go.sum"):
        (changed / name).write_text((real("etcd") / name).read_text().replace("v3.6.16", "v3.6.15"))
    monkeypatch.setattr(store, "_module_folder", lambda name: changed if name == "etcd" else real(name))
    assert ensure(said) != before


def test_the_api_server_is_stamped_with_the_pinned_version() -> None:
    assert build_flags(store._module_folder("kubernetes")) == [
        "-s",
        "-w",
        "-X=k8s.io/component-base/version.gitVersion=v1.36.3",
        "-X=k8s.io/component-base/version.gitMajor=1",
        "-X=k8s.io/component-base/version.gitMinor=36",
    ]


def test_without_go_the_message_says_how_to_get_it(machine: Path) -> None:
    with pytest.raises(RunError) as caught:
        ensure(said)
    assert str(caught.value) == (
        "go 1.26.0 or newer is needed to build the control plane, got none, "
        "fix: pip install 'gpuplane[go]', or install Go from https://go.dev/dl"
    )


def test_a_go_that_is_too_old_is_not_used(machine: Path) -> None:
    go(machine, version="1.22.3")
    with pytest.raises(RunError, match=r"^go 1\.26\.0 or newer is needed to build the control plane, got 1\.22\.3"):
        ensure(said)


def test_a_go_beside_this_python_is_used_where_path_has_none(machine: Path, tmp_path: Path) -> None:
    own = tmp_path / "venv" / "bin"
    own.mkdir(parents=True)
    go(own)
    assert (ensure(said) / "etcd").exists()


def test_no_network_is_said_in_one_line(machine: Path) -> None:
    go(machine, fail='echo "go: k8s.io/api@v0.36.3: dial tcp: lookup proxy: no such host" >&2; exit 1')
    with pytest.raises(RunError) as caught:
        ensure(said)
    assert str(caught.value) == (
        "cannot fetch the sources of etcd: the Go module proxy does not answer, fix: go online for the first "
        "rehearsal, set GOPROXY, or point GPUPLANE_BINARIES_DIR to ready-made programs"
    )


def test_a_failed_build_gives_gos_last_words_and_where_the_rest_is(machine: Path) -> None:
    go(machine, fail='echo "a.go:1: broken" >&2; exit 1')
    with pytest.raises(RunError, match=r"^cannot build etcd: a\.go:1: broken, see .*gpuplane-build-etcd\.log$"):
        ensure(said)


def test_nothing_half_built_is_ever_found(machine: Path, tmp_path: Path) -> None:
    go(machine, fail="exit 1")
    with pytest.raises(RunError):
        ensure(said)
    (folder,) = (tmp_path / "cache").iterdir()
    assert [path.name for path in folder.iterdir()] == [".lock"]


def test_ready_made_programs_are_taken_as_they_are(
    machine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for tool in TOOLS:
        script(tmp_path / tool, "#!/bin/sh\n")
    monkeypatch.setenv("GPUPLANE_BINARIES_DIR", str(tmp_path))
    assert ensure(said) == tmp_path


def test_a_ready_made_folder_names_everything_it_lacks(
    machine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for tool in set(TOOLS) - {"kwok", "kube-scheduler"}:
        script(tmp_path / tool, "#!/bin/sh\n")
    monkeypatch.setenv("GPUPLANE_BINARIES_DIR", str(tmp_path))
    with pytest.raises(RunError) as caught:
        ensure(said)
    assert str(caught.value) == (
        f"GPUPLANE_BINARIES_DIR: must have all of the control plane's programs, got '{tmp_path}' "
        "without kwok, kube-scheduler, fix: put them there, or unset it to have them built"
    )


def test_a_second_rehearsal_waits_for_the_first_ones_build(machine: Path, tmp_path: Path) -> None:
    go(machine)
    folder = tmp_path / "cache" / f"binaries-{store._digest()}"
    folder.mkdir(parents=True)
    lines: list[str] = []
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        second = threading.Thread(target=lambda: ensure(lines.append))
        second.start()
        while not lines:
            second.join(0.01)
        assert lines == ["binaries: waiting for another rehearsal to build them"]
    second.join()
    assert (folder / "kubectl").exists() is False
    assert (folder / "kwokctl").exists()
