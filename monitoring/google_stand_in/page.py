"""The page of the stand-in: series, policies, alerts, what was posted and which rules were broken."""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from django.template.loader import render_to_string

from monitoring.google_stand_in.cloud import CloudStandIn
from monitoring.google_stand_in.grpc_server import HOST, PortTakenError
from monitoring.google_stand_in.notifications import tested
from monitoring.google_stand_in.webhooks import LOOPBACK, send

MOST_SHOWN = 100
POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"


@contextmanager
def page_served(cloud: CloudStandIn, port: int) -> Iterator[None]:
    """The page on `port` of the loopback, until the block ends; raises PortTakenError."""
    handler = type("PageOfCloud", (_Page,), {"cloud": cloud})
    try:
        server = ThreadingHTTPServer((HOST, port), handler)
    except OSError as error:
        raise PortTakenError(f"port {port} on {HOST} cannot be used for the page: choose another --port") from error
    cloud.page = f"{HOST}:{server.server_port}"
    with server:
        Thread(target=server.serve_forever, args=(0.1,), name="page", daemon=True).start()
        try:
            yield
        finally:
            server.shutdown()


class _Page(BaseHTTPRequestHandler):
    cloud: CloudStandIn
    protocol_version = "HTTP/1.0"

    def do_GET(self) -> None:
        if not self._is_ours():
            return self._answer(HTTPStatus.FORBIDDEN, "this page is for this machine only")
        return self._answer(HTTPStatus.OK, render_to_string("google_stand_in.html", shown(self.cloud)))

    def do_POST(self) -> None:
        """Tests every channel, as the button of Google's console does."""
        if not self._is_ours() or self.headers.get("Origin") not in (None, f"http://{self.headers['Host']}"):
            return self._answer(HTTPStatus.FORBIDDEN, "this page is for this machine only")
        with self.cloud.lock:
            for channel in self.cloud.channels.values():
                send(self.cloud, tested(channel))
        self.send_response(HTTPStatus.SEE_OTHER)
        self.send_header("Location", "/")
        return self.end_headers()

    def _is_ours(self) -> bool:
        """A name of another host that leads here is somebody's attempt to read this page from another site."""
        return urlsplit(f"//{self.headers.get('Host', '')}").hostname in LOOPBACK

    def _answer(self, status: HTTPStatus, text: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: Any) -> None:
        """A line for each look at the page would be of use to nobody."""


def shown(cloud: CloudStandIn) -> dict[str, Any]:
    """What the template needs, the newest first."""
    with cloud.lock:
        titles = {policy.name: policy.display_name for policy in cloud.policies.values()}
        opened = {alert.policy for alert in cloud.open_alerts.values()}
        return {
            "endpoint": cloud.endpoint,
            "series": [_series(key, cloud) for key in islice(cloud.series, MOST_SHOWN)],
            "more_series": max(len(cloud.series) - MOST_SHOWN, 0),
            "policies": [(policy, policy.name in opened) for policy in cloud.policies.values()],
            "channels": [one.display_name for one in cloud.channels.values()],
            "alerts": [(alert, titles.get(alert.policy, "deleted")) for alert in _newest(cloud.alerts)],
            "sent": _newest(cloud.sent),
            "broken_rules": _newest(cloud.broken_rules),
        }


def _series(key: Any, cloud: CloudStandIn) -> dict[str, Any]:
    kind, labels, resource = key
    newest = cloud.series[key][-1]
    return {"type": kind, "labels": labels, "namespace": dict(resource).get("namespace"), "newest": newest}


def _newest(kept: Any) -> list[Any]:
    return list(reversed(kept))[:MOST_SHOWN]
