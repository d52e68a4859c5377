"""moto's S3 in a process of its own: `python s3_server.py` prints its URL. It answers one request after the other, so a conditional write is
one act, as it is on S3.
"""

from __future__ import annotations

import logging

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = make_server("127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=False)
print(f"http://127.0.0.1:{server.port}", flush=True)
server.serve_forever()
