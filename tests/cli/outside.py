"""Draws command lines, variables, configurations and files for SECONDS by SEED, and prints those that end in a fault of ours. For test_edges."""

import contextlib
import io
import os
import random
import sys
import time
from pathlib import Path

from catalogsync.cli import run

seed, seconds = int(sys.argv[1]), float(sys.argv[2])
rng = random.Random(seed)
files = {
    "empty": b"",
    "nul": b"\0" * 9,
    "binary": rng.randbytes(400),
    "bom": b"\xef\xbb\xbfkind: meter\n",
    "utf16": "kind: meter".encode("utf-16"),
    "list.json": b"[]",
    "deep.json": b"[" * 5000,
    "text.json": b'"text"',
    "plan.json": b'{"format": 2, "digest": "x"}',
    "big.json": b'{"format": 1e999}',
    "plan2.json": b'{"format": 2, "target": [], "steps": {}, "digest": 3}',
    "m.yaml": b"{kind: meter, slug: m, aggregation: COUNT, eventType: e}\n",
    "tags.yaml": b"!!python/object:os.system ls\n",
    "cycle.yaml": b"&a [*a]\n",
    "tab.yaml": b"\tkind: meter\n",
    "e.jsonl": b"{}\n[]\nnull\n{",
}
for name, data in files.items():
    Path(name).write_bytes(data)
Path("folder.yaml").mkdir()
Path("loop.yaml").symlink_to("loop.yaml")
Path("nowhere.json").symlink_to("missing/file")
Path("catalog").mkdir()
Path("catalog/m.yaml").write_bytes(files["m.yaml"])
places = [
    *files,
    "folder.yaml",
    "loop.yaml",
    "nowhere.json",
    "missing",
    "missing/x.yaml",
    "catalog",
    ".",
    "/dev/null",
    "",
    "x" * 300,
    "\udcff.yaml",
    "-",
    "m.yaml/x",
]
urls = [
    "sandbox:",
    "sandbox:s.db",
    *(f"sandbox:{place}" for place in places),
    "http://127.0.0.1:1",
    "http://127.0.0.1:1/api/v1",
    "https://[",
    "ftp://x",
    "",
    "x",
    "http://u:p@h",
    "http://h:99999",
    "http://\u2603",
    "http://127.0.0.1:1?x=y",
]
words = [
    "",
    "0",
    "-1",
    "1e999",
    "NaN",
    "KIND/KEY",
    "meter/m",
    "meter/",
    "/m",
    "meter/m=1",
    "m=1",
    "\u2603",
    "a\nb",
    "\udcff",
    "x" * 5000,
    "P1M",
    "json",
    "text=-",
    "json=-",
    "json=",
    "json=folder.yaml",
    "json=missing/x",
    "sarif",
    "sarif=out.sarif",
    "junit=-",
    "2026-13-45",
    "--",
    "-",
    "staging",
    "=",
    "usage",
]
verbs = [
    "validate",
    "plan",
    "show",
    "apply",
    "export",
    "diff",
    "try",
    "quote",
    "fmt",
    "explain",
    "init",
    "schema",
]
flags = [
    "-e",
    "--url",
    "--out",
    "--exit-code",
    "--undo",
    "--rehearse",
    "--recreate",
    "--keep",
    "--format",
    "--yes",
    "--journal",
    "--max-age",
    "--only",
    "--overwrite",
    "--plan",
    "--at",
    "--events",
    "--check",
    "--diff",
    "-v",
    "--log-format",
    "-q",
    "--no-color",
    "--unproven",
    "--help",
    "--spec",
]
variables = {
    "OPENMETER_URL": urls,
    "OPENMETER_API_KEY": ["", "k", "a\nb", "\u201ck\u201d", "x" * 9000],
    "HTTP_PROXY": ["", "x", "http://[", "socks9://h"],
    "HTTPS_PROXY": ["http://u:p@h:1"],
    "NO_PROXY": ["*", "", "\u2603"],
    "SSL_CERT_FILE": places,
    "SSL_CERT_DIR": places,
    "NO_COLOR": ["", "1"],
    "FORCE_COLOR": ["", "0", "1", "x"],
    "TERM": ["", "dumb", "xterm"],
    "COLUMNS": ["0", "-1", "x", "1"],
    "LANG": ["C", "xx"],
    "TZ": ["", "x", "UTC"],
    "HOME": ["/nowhere", ""],
    "GITHUB_ACTIONS": ["true"],
    "GITHUB_WORKSPACE": places,
}
configs = [
    "",
    "[]",
    "default: x",
    "environments: {staging: {url: 'sandbox:'}}\ndefault: staging",
    "environments: {staging: {url: 'http://127.0.0.1:1', api_key: {env: K}}}",
    "environments: {staging: {url: 'sandbox:', overlays: [missing, '']}}",
    "lint: {severity: {meter-unused: off}}",
    "\0",
    "a: &a [*a]",
    "environments: {staging: {url: 'sandbox:', ca_file: '.'}}",
    None,
]
known = dict(os.environ)
ends, tried = time.process_time() + seconds, 0
while time.process_time() < ends:
    os.environ.clear()
    os.environ.update(known)
    for name in rng.sample(list(variables), rng.randrange(4)):
        value = rng.choice(variables[name])
        if "\0" not in value:
            os.environ[name] = value
    config = rng.choice(configs)
    Path("catalogsync.yaml").unlink(missing_ok=True)
    if config is not None:
        Path("catalogsync.yaml").write_text(config)
    arguments = [rng.choice(verbs)]
    for _ in range(rng.randrange(4)):
        arguments.append(rng.choice([rng.choice(flags), rng.choice(places), rng.choice(words)]))
        if arguments[-1] == "--url":
            arguments.append(rng.choice(urls))
    if rng.random() < 0.6:
        arguments += ["--url", rng.choice(urls)]
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = run(arguments)
        except BaseException as problem:
            code = repr(problem)
    said = out.getvalue() + err.getvalue()
    tried += 1
    wanted = (0, 1, 2, 3, 4, 64)
    if code not in wanted or "error[internal-error]" in said or "Traceback" in said:
        changed = [(name, value) for name, value in os.environ.items() if known.get(name) != value]
        told = f"{arguments!r} {changed!r} {config!r}: {code} {said[-400:]}"
        print(told.encode("ascii", "backslashreplace").decode())
print(f"tried {tried}", file=sys.stderr)
