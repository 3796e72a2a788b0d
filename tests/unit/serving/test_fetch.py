"""Fetching a model: whole or not at all, resumed, verified, by requests that real servers would answer."""

import base64
import hashlib
import http.server
import json
import subprocess
import sys
import threading
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gpuplane.serving.artefacts.fetch import __main__ as command
from gpuplane.serving.artefacts.fetch import remote_file, s3
from gpuplane.serving.artefacts.fetch.folder import fetch, wait
from gpuplane.serving.artefacts.fetch.remote_file import FetchError, RemoteFile, bring
from gpuplane.serving.artefacts.plan import script

WEIGHTS = bytes(range(256)) * 64
CONFIG = b'{"layers": 2}'


class Place(http.server.ThreadingHTTPServer):
    """A server with files, which can cut answers off, and remembers who asked for what."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, bytes] = {}
        self.answers: dict[str, Any] = {}
        self.cut_after: int | None = None
        self.asked: list[tuple[str, dict[str, str]]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(http.server.BaseHTTPRequestHandler):
    server: Place

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))
        if self.path in self.server.answers:
            answer = self.server.answers[self.path]
            self._send(200, answer if isinstance(answer, bytes) else json.dumps(answer).encode())
        elif (body := self.server.files.get(urllib.parse.urlsplit(self.path).path)) is None:
            self._send(404, b"")
        elif (start := self.headers.get("Range")) is None:
            self._send(200, body)
        elif (first := int(start.removeprefix("bytes=").rstrip("-"))) >= len(body):
            self._send(416, b"")
        else:
            self._send(206, body[first:])

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        cut, self.server.cut_after = self.server.cut_after, None
        self.wfile.write(body[:cut])
        if cut is not None:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    server = Place()
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    for variable in ("STORAGE_EMULATOR_HOST", "AWS_ENDPOINT_URL_S3", "HF_ENDPOINT"):
        monkeypatch.setenv(variable, server.url)
    monkeypatch.setenv("GCE_METADATA_HOST", server.url.removeprefix("http://"))
    monkeypatch.setattr(remote_file, "_backoff_seconds", 0.001)
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(variable, raising=False)
    yield server
    server.shutdown()
    server.server_close()


def one_file(place: Place, **changes: Any) -> RemoteFile:
    facts = {"size": len(WEIGHTS), "digest": hashlib.sha256(WEIGHTS).hexdigest(), **changes}
    place.files["/m/weights.bin"] = WEIGHTS
    return RemoteFile(f"{place.url}/m/weights.bin", "weights.bin", lambda _: {}, **facts)


def test_a_download_that_is_cut_off_goes_on_where_it_was(place: Place, tmp_path: Path) -> None:
    place.cut_after = 5000
    bring(one_file(place), tmp_path / "weights.bin")
    assert (tmp_path / "weights.bin").read_bytes() == WEIGHTS
    assert [headers.get("Range") for _, headers in place.asked] == [None, "bytes=5000-"]


def test_what_an_earlier_attempt_has_brought_is_not_brought_again(place: Place, tmp_path: Path) -> None:
    (tmp_path / "weights.bin").write_bytes(WEIGHTS)
    bring(one_file(place), tmp_path / "weights.bin")
    assert place.asked == []


def test_a_file_that_came_wrong_is_brought_anew(place: Place, tmp_path: Path) -> None:
    (tmp_path / "weights.bin").write_bytes(b"x" * len(WEIGHTS))
    bring(one_file(place), tmp_path / "weights.bin")
    assert (tmp_path / "weights.bin").read_bytes() == WEIGHTS


def test_a_file_that_always_comes_wrong_is_refused_and_left_nowhere(place: Place, tmp_path: Path) -> None:
    wrong = hashlib.sha256(b"other").hexdigest()
    with pytest.raises(FetchError, match=f"sha256 must be {wrong}, got "):
        bring(one_file(place, digest=wrong), tmp_path / "weights.bin")
    assert list(tmp_path.iterdir()) == []


def test_what_a_server_will_never_give_is_asked_for_once(place: Place, tmp_path: Path) -> None:
    missing = RemoteFile(f"{place.url}/m/none", "none", lambda _: {})
    with pytest.raises(FetchError, match="404"):
        bring(missing, tmp_path / "none")
    assert len(place.asked) == 1


def gcs(place: Place, token: str = "") -> None:
    items = [
        {"name": "r/v1/config.json", "size": str(len(CONFIG)), "md5Hash": _md5(CONFIG)},
        {"name": "r/v1/a/w.bin", "size": str(len(WEIGHTS)), "md5Hash": _md5(WEIGHTS)},
        {"name": "r/v1/a/", "size": "0"},
    ]
    fields = urllib.parse.urlencode({"prefix": "r/v1/", "fields": "items(name,size,md5Hash),nextPageToken"})
    place.answers[f"/storage/v1/b/models/o?{fields}"] = {"items": items[:1], "nextPageToken": "2"}
    place.answers[f"/storage/v1/b/models/o?{fields}&pageToken=2"] = {"items": items[1:]}
    place.answers["/storage/v1/b/models/o/r%2Fv1%2Fconfig.json"] = items[0]
    place.files["/storage/v1/b/models/o/r%2Fv1%2Fconfig.json"] = CONFIG
    place.files["/storage/v1/b/models/o/r%2Fv1%2Fa%2Fw.bin"] = WEIGHTS
    if token:
        place.answers["/computeMetadata/v1/instance/service-accounts/default/token"] = {"access_token": token}


def _md5(content: bytes) -> str:
    return base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()


def test_a_folder_of_gcs_comes_whole_by_the_token_of_workload_identity(place: Place, tmp_path: Path) -> None:
    gcs(place, token="secret-token")
    fetch("gs://models/r/v1/", tmp_path / "model")
    assert (tmp_path / "model" / "config.json").read_bytes() == CONFIG
    assert (tmp_path / "model" / "a" / "w.bin").read_bytes() == WEIGHTS
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
    asked = [headers.get("Authorization") for path, headers in place.asked if path.startswith("/storage")]
    assert set(asked) == {"Bearer secret-token"}


def test_one_file_of_a_public_bucket_needs_no_token(place: Place, tmp_path: Path) -> None:
    gcs(place)
    fetch("gs://models/r/v1/config.json", tmp_path / "model")
    assert (tmp_path / "model" / "config.json").read_bytes() == CONFIG


def test_a_folder_that_is_there_is_left_as_it_is(place: Place, tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    fetch("gs://models/r/v1/", tmp_path / "model")
    assert place.asked == []


@pytest.mark.parametrize("is_right", [True, False])
def test_the_checksum_of_a_folder_is_that_of_the_list_of_its_files(
    place: Place, tmp_path: Path, is_right: bool
) -> None:
    gcs(place)
    lines = "".join(
        f"{hashlib.sha256(content).hexdigest()}  {name}\n"
        for name, content in (("a/w.bin", WEIGHTS), ("config.json", CONFIG))
    )
    right = hashlib.sha256(lines.encode()).hexdigest()
    if is_right:
        fetch("gs://models/r/v1/", tmp_path / "model", right)
        assert (tmp_path / "model").is_dir()
        return
    with pytest.raises(FetchError, match=f"sha256 must be {'0' * 64}, got {right}"):
        fetch("gs://models/r/v1/", tmp_path / "model", "0" * 64)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_s3_comes_by_signed_requests(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "session")
    place.answers["/models?list-type=2&prefix=r%2F"] = (
        '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        f"<Contents><Key>r/w.bin</Key><Size>{len(WEIGHTS)}</Size></Contents>"
        "<Contents><Key>r/</Key><Size>0</Size></Contents></ListBucketResult>"
    ).encode()
    place.files["/models/r/w.bin"] = WEIGHTS
    fetch("s3://models/r/", tmp_path / "model")
    assert (tmp_path / "model" / "w.bin").read_bytes() == WEIGHTS
    for _, headers in place.asked:
        sent = {name.lower(): value for name, value in headers.items()}
        assert sent["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKIA/")
        assert sent["x-amz-security-token"] == "session"
        assert "hush" not in str(sent)


def test_a_request_is_signed_as_amazons_own_example_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Source: the GET Bucket Lifecycle example of the AWS Signature Version 4 reference."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setattr(s3, "_now", lambda: "20130524T000000Z")
    headers = s3._S3("examplebucket").headers("https://examplebucket.s3.amazonaws.com/?lifecycle=")
    assert headers["Authorization"].endswith(
        "Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
    )


def test_pod_identity_gives_the_credentials(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "token").write_text("pod-token\n")
    place.answers["/v1/credentials"] = {"AccessKeyId": "ASIA", "SecretAccessKey": "s", "Token": "t"}
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{place.url}/v1/credentials")
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", str(tmp_path / "token"))
    assert s3._aws_credentials() == ("ASIA", "s", "t")
    assert place.asked[0][1]["Authorization"] == "pod-token"


def test_a_revision_of_hugging_face_comes_with_its_checksums(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    digest = hashlib.sha256(WEIGHTS).hexdigest()
    place.answers["/api/models/acme/bert/tree/v1?recursive=true"] = [
        {"type": "directory", "path": "onnx", "size": 0},
        {"type": "file", "path": "onnx/model.onnx", "size": len(WEIGHTS), "lfs": {"oid": digest}},
        {"type": "file", "path": "config.json", "size": len(CONFIG)},
    ]
    place.files["/acme/bert/resolve/v1/onnx/model.onnx"] = WEIGHTS
    place.files["/acme/bert/resolve/v1/config.json"] = CONFIG
    fetch("hf://acme/bert@v1", tmp_path / "model")
    assert (tmp_path / "model" / "onnx" / "model.onnx").read_bytes() == WEIGHTS
    assert {headers["Authorization"] for _, headers in place.asked} == {"Bearer hf_secret"}


def test_a_name_that_leads_out_of_the_folder_is_refused(place: Place, tmp_path: Path) -> None:
    place.answers["/api/models/acme/bert/tree/v1?recursive=true"] = [{"type": "file", "path": "../x", "size": 1}]
    with pytest.raises(FetchError, match=r"\.\./x: must stay below the folder"):
        fetch("hf://acme/bert@v1", tmp_path / "model")


def test_waiting_ends_when_the_folder_is_there(tmp_path: Path) -> None:
    threading.Timer(0.05, (tmp_path / "model").mkdir).start()
    wait(tmp_path / "model", poll_seconds=0.01)
    assert (tmp_path / "model").is_dir()


def test_it_ends_with_one_line_when_there_is_nothing(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["hf://acme/none@v1", str(tmp_path / "model")]) == 1
    assert capsys.readouterr().err == "error: hf://acme/none@v1: HTTP Error 404: Not Found\n"


def test_what_the_config_map_has_of_it_runs_by_itself(tmp_path: Path) -> None:
    (tmp_path / "fetch").mkdir()
    for name, text in script().items():
        (tmp_path / "fetch" / name).write_text(text)
    (tmp_path / "model").mkdir()
    run = [sys.executable, "-E", "-S", "-m", "fetch", "--wait", str(tmp_path / "model")]
    assert subprocess.run(run, cwd=tmp_path, check=False).returncode == 0
