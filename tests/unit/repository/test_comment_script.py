"""The comment on a pull request: one, kept up to date, found over all pages, gone when there is nothing to say."""

import importlib.util
import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from gpuplane.diffing.markdown import MARKER
from projects import ROOT

SCRIPT = ROOT / "scripts" / "comment.py"


def load() -> Any:
    spec = importlib.util.spec_from_file_location("comment_script", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


script = load()


class GitHub(HTTPServer):
    """As much of GitHub as comments need: pages, and who may do what."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.comments: list[dict[str, Any]] = []
        self.writes: list[str] = []

    def add(self, body: str, login: str = "github-actions[bot]") -> int:
        self.comments.append({"id": len(self.comments) + 1, "user": {"login": login}, "body": body})
        return len(self.comments)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: GitHub

    def do_GET(self) -> None:
        query = re.fullmatch(r"/repos/acme/ml/issues/7/comments\?per_page=(\d+)&page=(\d+)", self.path)
        assert query
        size, page = map(int, query.groups())
        self.answer(self.server.comments[(page - 1) * size : page * size])

    def do_POST(self) -> None:
        assert self.path == "/repos/acme/ml/issues/7/comments"
        self.server.writes.append("POST")
        self.server.add(self.sent()["body"])
        self.answer({})

    def do_PATCH(self) -> None:
        self.server.writes.append("PATCH")
        self.one()["body"] = self.sent()["body"]
        self.answer({})

    def do_DELETE(self) -> None:
        self.server.writes.append("DELETE")
        self.server.comments.remove(self.one())
        self.answer(None)

    def one(self) -> dict[str, Any]:
        number = int(self.path.removeprefix("/repos/acme/ml/issues/comments/"))
        return next(one for one in self.server.comments if one["id"] == number)

    def sent(self) -> Any:
        return json.loads(self.rfile.read(int(self.headers["Content-Length"])))

    def answer(self, body: Any) -> None:
        is_allowed = self.headers["Authorization"] == "Bearer token"
        text = b"" if body is None else json.dumps(body).encode()
        self.send_response(200 if is_allowed else 401)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass


@pytest.fixture
def github() -> Iterator[GitHub]:
    with GitHub() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def keep(github: GitHub, body: str) -> str:
    return script.keep(script.Api(github.url, "acme/ml", "token"), 7, body)


def bodies(github: GitHub) -> list[str]:
    return [one["body"] for one in github.comments]


def test_the_marker_is_the_reports() -> None:
    assert script.MARKER == MARKER


def test_the_first_report_is_a_new_comment_and_the_next_changes_it(github: GitHub) -> None:
    github.add("looks good", "someone")
    assert keep(github, f"{MARKER}\none") == "written"
    assert keep(github, f"{MARKER}\ntwo") == "changed"
    assert keep(github, f"{MARKER}\ntwo") == "unchanged"
    assert bodies(github) == ["looks good", f"{MARKER}\ntwo"]
    assert github.writes == ["POST", "PATCH"]


def test_a_comment_on_the_third_page_is_found(github: GitHub) -> None:
    for number in range(250):
        github.add(f"remark {number}", "someone")
    github.add(f"{MARKER}\nold")
    assert keep(github, f"{MARKER}\nnew") == "changed"
    assert len(github.comments) == 251


def test_nothing_to_say_takes_the_comment_away(github: GitHub) -> None:
    github.add("looks good", "someone")
    github.add(f"{MARKER}\nold")
    assert keep(github, "") == "removed"
    assert keep(github, "") == "nothing to say"
    assert bodies(github) == ["looks good"]


def test_of_several_only_one_is_left(github: GitHub) -> None:
    github.add(f"{MARKER}\none")
    github.add(f"{MARKER}\ntwo")
    keep(github, f"{MARKER}\nthree")
    assert bodies(github) == [f"{MARKER}\nthree"]


def test_somebody_elses_comment_is_never_touched(github: GitHub) -> None:
    github.add(f"{MARKER}\nnot yours", "someone")
    assert keep(github, "") == "nothing to say"
    assert github.writes == []


def test_it_runs_as_the_workflow_runs_it(github: GitHub, tmp_path: Path) -> None:
    (tmp_path / "comment.md").write_text(f"{MARKER}\n### prod\n")
    told = {"GITHUB_API_URL": github.url, "GITHUB_REPOSITORY": "acme/ml", "GITHUB_TOKEN": "token", "PULL_REQUEST": "7"}
    call = [sys.executable, "-I", str(SCRIPT), str(tmp_path / "comment.md")]
    done = subprocess.run(call, env=told, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "written\n")
    assert bodies(github) == [f"{MARKER}\n### prod"]
