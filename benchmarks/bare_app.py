"""The yardstick of `benchmarks.ingest`: a WSGI application that parses a body and forgets it.

No keys, no limits, no database: what the same server and the usual parsers cost by themselves.
"""

import io
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

ANSWER = b'{"batch":"00000000000000000000000000000000","rows":1,"nonfinite_rows":0}'


def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    match environ["CONTENT_TYPE"]:
        case "application/json":
            json.loads(body)
        case "application/x-npz":
            _ = np.load(io.BytesIO(body))["inputs"]
        case _:
            pa.ipc.open_stream(body).read_all()
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(ANSWER)))]
    start_response("202 Accepted", headers)
    return [ANSWER]
