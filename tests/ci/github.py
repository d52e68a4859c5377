"""A stand-in for what the action calls of GitHub: comments, pull requests, runs and artifacts, served on a socket of this machine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

REPOSITORY = "acme/billing"
TOKEN = "job-token"


@dataclass
class GitHub:
    """One repository as the action sees it. `seen`: each call's method and path, in order."""

    pulls: dict[int, dict[str, Any]] = field(default_factory=dict)
    comments: list[dict[str, Any]] = field(default_factory=list)
    runs: list[dict[str, Any]] = field(default_factory=list)
    artifacts: list[dict[str, Any]] = field(default_factory=list)
    files: dict[int, bytes] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)
    may_comment: bool = True
    author: dict[str, Any] = field(default_factory=lambda: {"login": "github-actions[bot]", "type": "Bot"})
    leaked: list[str] = field(default_factory=list)

    def opened(self, number: int, head: str) -> None:
        """A pull request, or a further commit on it."""
        self.pulls[number] = {
            "number": number,
            "head": {"sha": head},
            "merged_at": None,
            "merge_commit_sha": None,
        }

    def merged(self, number: int, commit: str) -> None:
        self.pulls[number] |= {"merged_at": "2026-01-02T00:00:00Z", "merge_commit_sha": commit}

    def ran(self, run: int, head: str, *, workflow: int = 1, fork: str = REPOSITORY) -> None:
        """A run for a head; later ids are later runs."""
        self.runs.append(
            {
                "id": run,
                "head_sha": head,
                "workflow_id": workflow,
                "status": "completed",
                "event": "pull_request",
                "created_at": f"2026-01-01T00:{run % 60:02}:00Z",
                "repository": {"full_name": REPOSITORY},
                "head_repository": {"full_name": fork},
            }
        )

    def uploaded(self, run: int, name: str, data: bytes) -> int:
        head = next(one["head_sha"] for one in self.runs if one["id"] == run)
        number = len(self.files) + 1
        self.files[number] = data
        self.artifacts = [
            a for a in self.artifacts if (a["workflow_run"]["id"], a["name"]) != (run, name)
        ] + [
            {"id": number, "name": name, "expired": False, "workflow_run": {"id": run, "head_sha": head}},
        ]
        return number

    def application(self) -> Starlette:
        base = f"/repos/{REPOSITORY}"
        return Starlette(
            routes=[
                Route(f"{base}/issues/{{number:int}}/comments", self._list_comments, methods=["GET"]),
                Route(f"{base}/issues/{{number:int}}/comments", self._create, methods=["POST"]),
                Route(f"{base}/issues/comments/{{id:int}}", self._update, methods=["PATCH"]),
                Route(f"{base}/pulls/{{number:int}}", self._pull),
                Route(f"{base}/pulls", self._pulls),
                Route(f"{base}/commits/{{sha}}/pulls", self._pulls_of),
                Route(f"{base}/actions/runs", self._runs),
                Route(f"{base}/actions/runs/{{id:int}}/artifacts", self._artifacts),
                Route(f"{base}/actions/artifacts/{{id:int}}/zip", self._redirect),
                Route("/blob/{id:int}", self._blob),
            ]
        )

    def _refused(self, request: Request) -> Response | None:
        self.seen.append(f"{request.method} {request.url.path}")
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return JSONResponse({"message": "Bad credentials"}, 401)
        return None

    @staticmethod
    def _page(request: Request, items: list[Any]) -> list[Any]:
        size, page = (
            int(request.query_params.get(name, default)) for name, default in (("per_page", 30), ("page", 1))
        )
        return items[(page - 1) * size : page * size]

    async def _list_comments(self, request: Request) -> Response:
        of = [one for one in self.comments if one["issue"] == request.path_params["number"]]
        return self._refused(request) or JSONResponse(self._page(request, of))

    async def _create(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        if not self.may_comment:
            return JSONResponse({"message": "Resource not accessible by integration"}, 403)
        body = (await request.json())["body"]
        if len(body) > 65_536:
            return JSONResponse({"message": "body is too long (maximum is 65536 characters)"}, 422)
        number = request.path_params["number"]
        self.comments.append(
            {
                "id": len(self.comments) + 1,
                "issue": number,
                "body": body,
                "user": self.author,
                "author_association": "NONE",
                "html_url": f"https://github.example/{number}",
            }
        )
        return JSONResponse(self.comments[-1], 201)

    async def _update(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        one = self.comments[request.path_params["id"] - 1]
        one["body"] = (await request.json())["body"]
        return JSONResponse(one)

    async def _pull(self, request: Request) -> Response:
        return self._refused(request) or JSONResponse(self.pulls[request.path_params["number"]])

    async def _pulls(self, request: Request) -> Response:
        return self._refused(request) or JSONResponse(self._page(request, list(self.pulls.values())))

    async def _pulls_of(self, request: Request) -> Response:
        sha = request.path_params["sha"]
        of = [one for one in self.pulls.values() if sha in (one["merge_commit_sha"], one["head"]["sha"])]
        return self._refused(request) or JSONResponse(self._page(request, of))

    async def _runs(self, request: Request) -> Response:
        of = [one for one in self.runs if one["head_sha"] == request.query_params["head_sha"]]
        return self._refused(request) or JSONResponse({"workflow_runs": self._page(request, of)})

    async def _artifacts(self, request: Request) -> Response:
        of = [one for one in self.artifacts if one["workflow_run"]["id"] == request.path_params["id"]]
        return self._refused(request) or JSONResponse({"artifacts": self._page(request, of)})

    async def _redirect(self, request: Request) -> Response:
        """Artifacts lie on another host, as far as a client can tell: the same server by its other name."""
        place = f"http://localhost:{request.url.port}/blob/{request.path_params['id']}"
        return self._refused(request) or RedirectResponse(place, 302)

    async def _blob(self, request: Request) -> Response:
        self.leaked += request.headers.getlist("authorization")
        return Response(self.files[request.path_params["id"]])


@contextmanager
def served(github: GitHub) -> Iterator[str]:
    """The stand-in on a socket; its URL."""
    server = uvicorn.Server(
        uvicorn.Config(github.application(), host="127.0.0.1", port=0, log_level="error", lifespan="off")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)
