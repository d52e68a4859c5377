"""A stand-in for Google Cloud Storage's XML API: `python gcs_server.py` prints its URL. Written from Google's description of that API, with the
one thing that matters here and that no emulator offers there: `x-goog-if-generation-match`. A conditional write is one act.
"""

from __future__ import annotations

import itertools
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

BUCKET = "catalogsync-runs"
GENERATIONS = itertools.count(1_700_000_000_000_000)
WRITING = threading.Lock()


@dataclass(frozen=True)
class Content:
    """What stands under a name."""

    data: bytes
    generation: int


CONTENTS: dict[str, Content] = {}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""

    def do_PUT(self) -> None:
        data = self.rfile.read(int(self.headers.get("content-length", 0)))
        bucket, name = self._asked()
        if bucket != BUCKET:
            self._answer(404)
            return
        with WRITING:
            there = CONTENTS[name].generation if name in CONTENTS else 0
            if int(self.headers.get("x-goog-if-generation-match", there)) != there:
                self._answer(412)
                return
            CONTENTS[name] = made = Content(data, next(GENERATIONS))
        self._answer(200, made, b"")

    def do_DELETE(self) -> None:
        _, name = self._asked()
        self._answer(204 if CONTENTS.pop(name, None) is not None else 404)

    def do_GET(self) -> None:
        bucket, name = self._asked()
        if bucket != BUCKET or (name and name not in CONTENTS):
            self._answer(404)
        elif name:
            self._answer(200, CONTENTS[name], CONTENTS[name].data)
        else:
            self._answer(200, None, self._listed().encode())

    def _asked(self) -> tuple[str, str]:
        bucket, _, name = unquote(urlsplit(self.path).path.lstrip("/")).partition("/")
        return bucket, name

    def _listed(self) -> str:
        prefix = parse_qs(urlsplit(self.path).query).get("prefix", [""])[0]
        names = [name for name in sorted(CONTENTS) if name.startswith(prefix)]
        direct = [name for name in names if "/" not in name[len(prefix) :]]
        deep = sorted(
            {prefix + name[len(prefix) :].partition("/")[0] + "/" for name in names}
            - {f"{n}/" for n in direct}
        )
        entries = "".join(
            f"<Contents><Key>{escape(name)}</Key><Size>{len(CONTENTS[name].data)}</Size>"
            f"<LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>x</ETag></Contents>"
            for name in direct
        )
        folders = "".join(f"<CommonPrefixes><Prefix>{escape(one)}</Prefix></CommonPrefixes>" for one in deep)
        return f"<ListBucketResult><IsTruncated>false</IsTruncated>{entries}{folders}</ListBucketResult>"

    def _answer(self, status: int, content: Content | None = None, data: bytes = b"") -> None:
        self.send_response(status)
        if content is not None:
            self.send_header("ETag", '"same"')  # of equal contents it is equal
            self.send_header("x-goog-generation", str(content.generation))
            self.send_header("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
