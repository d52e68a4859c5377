"""GitHub's REST API, as far as a comment and a saved plan need it, with the token of the job."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

import httpx

from catalogsync.render.markdown import plain

_PAGES = 30
"""Pages of 100 that a list is read to."""


class ApiError(Exception):
    """A call that GitHub refused: `status` is its code, 0 when there was no answer."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Api:
    """One repository. Reads GITHUB_API_URL, GITHUB_REPOSITORY and GITHUB_TOKEN."""

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self.repository = environ["GITHUB_REPOSITORY"]
        token = environ.get("GITHUB_TOKEN", "")
        self._http = httpx.Client(
            base_url=environ.get("GITHUB_API_URL", "https://api.github.com"),
            headers={"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
            | ({"Authorization": f"Bearer {token}"} if token else {}),
            timeout=60,
            transport=httpx.HTTPTransport(retries=2),
        )

    def call(self, method: str, path: str, **body: Any) -> Any:
        """One call below the repository; its JSON. Raises ApiError."""
        return self._answer(method, f"/repos/{self.repository}/{path}", body).json()

    def every(self, path: str, member: str = "", **query: str) -> Iterator[Any]:
        """All items of a list, page by page; `member` is where they are in an answer that is an object. Raises ApiError."""
        for page in range(1, _PAGES + 1):
            url = httpx.URL(
                f"/repos/{self.repository}/{path}", params={**query, "per_page": "100", "page": str(page)}
            )
            answer = self._answer("GET", str(url), {}).json()
            items = answer[member] if member else answer
            yield from items
            if len(items) < 100:
                return

    def download(self, path: str, most: int) -> bytes:
        """A file that the API redirects to; the token stays with the API. Raises ApiError, for one of more than `most` bytes too."""
        try:
            with self._http.stream(
                "GET", f"/repos/{self.repository}/{path}", follow_redirects=True
            ) as answer:
                if not answer.is_success:
                    raise ApiError(answer.status_code, f"the download answered {answer.status_code}")
                data = bytearray()
                for part in answer.iter_bytes():
                    data += part
                    if len(data) > most:
                        raise ApiError(0, f"the download is larger than {most:,} bytes")
                return bytes(data)
        except httpx.HTTPError as problem:
            raise ApiError(0, f"the download failed: {type(problem).__name__}") from problem

    def _answer(self, method: str, url: str, body: Mapping[str, Any]) -> httpx.Response:
        try:
            answer = self._http.request(method, url, json=body or None)
        except httpx.HTTPError as problem:
            raise ApiError(0, f"{method} {url} has no answer: {type(problem).__name__}") from problem
        if not answer.is_success:
            try:
                said = str(answer.json()["message"])
            except (ValueError, KeyError, TypeError):
                said = answer.reason_phrase
            raise ApiError(answer.status_code, f"{method} {url}: {answer.status_code} {said}")
        return answer


def annotate(level: str, text: str) -> None:
    """A line that GitHub shows on the run's page; `level` is error, warning or notice."""
    safe = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    print(f"::{level} title=catalogsync::{safe}", flush=True)


def stop(text: str, code: int) -> NoReturn:
    """Ends the step with an error that GitHub shows beside the run and in its summary."""
    annotate("error", text)
    with open(os.environ["GITHUB_STEP_SUMMARY"], "a", encoding="utf-8") as stream:  # noqa: PTH123
        stream.write(f"{plain(text)}\n")
    sys.exit(code)


def output(**values: str) -> None:
    """Outputs of the step. Values are of one line."""
    with open(os.environ["GITHUB_OUTPUT"], "a", encoding="utf-8") as stream:  # noqa: PTH123
        for name, value in values.items():
            if "\n" in value or "\r" in value:
                raise ValueError(f"the output {name} has several lines")
            stream.write(f"{name.replace('_', '-')}={value}\n")
