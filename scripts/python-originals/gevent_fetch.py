# SPDX-License-Identifier: MIT
"""gevent, monkey-patched: blocking code that fetches many URLs at once."""
import sys
import threading
import zlib

import originals
from originals import promise

INFLIGHT = 100


def patched():
    """To be called before anything that it patches is imported."""
    originals.need("gevent.monkey", "python3-gevent").patch_all()
    return originals.need("gevent", "python3-gevent")


BODIES = {f"/{name}": name.encode() * 500 for name in ("one", "two", "three")}


def start_server():
    """Its own little server, so that nothing outside is needed."""
    import http.server

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = BODIES[self.path]
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def demonstrate():
    gevent = patched()
    from urllib.request import urlopen

    server = start_server()
    bodies = {}

    def fetch(path):
        url = f"http://127.0.0.1:{server.server_port}{path}"
        with urlopen(url, timeout=20) as reply:
            bodies[path] = reply.read()

    gevent.joinall(
        [gevent.spawn(fetch, path) for path in BODIES], raise_error=True
    )
    server.shutdown()
    server.server_close()
    for path, body in sorted(bodies.items()):
        print(f"{path}: {len(body)} bytes, {zlib.crc32(body):08x}")
    promise(bodies == BODIES, "length and content of every body")


class Fetcher:
    """So many greenlets; each fetches and takes the next until none is left.

    A body that is not like the first one is an error."""

    def __init__(self, gevent, fetches):
        self.gevent = gevent
        self.fetches = fetches  # of each greenlet: what fetches once
        self.left = 0
        self.body = None
        self.error = None

    def check(self, body):
        if self.body is None:
            self.body = body
        promise(body == self.body, "each body is like the first one")

    def lane(self, fetch):
        try:
            while self.left:
                self.left -= 1
                self.check(fetch())
        except Exception as error:
            self.left = 0
            self.error = error

    def run(self, count):
        self.left = count
        lanes = [
            self.gevent.spawn(self.lane, fetch)
            for fetch in self.fetches[:count]
        ]
        self.gevent.joinall(lanes)
        if self.error:
            raise self.error


def need_url(url):
    if not url.startswith("http://"):
        raise ValueError(f"{url[:80]!r} is no http:// address")


def fresh(url=""):
    """urlopen, as the tutorial has it: a connection for each."""
    gevent = patched()
    need_url(url)
    from urllib.request import urlopen

    def fetch():
        with urlopen(url, timeout=5) as reply:
            return reply.read()

    return originals.timed(Fetcher(gevent, [fetch] * INFLIGHT).run), 1


def kept(url=""):
    """A connection for each greenlet, that it keeps."""
    gevent = patched()
    need_url(url)
    from http.client import HTTPConnection
    from urllib.parse import urlsplit

    parts = urlsplit(url)

    def open_lane():
        connection = HTTPConnection(
            parts.hostname, parts.port or 80, timeout=5
        )

        def fetch():
            connection.request("GET", parts.path or "/")
            return connection.getresponse().read()

        return fetch

    fetches = [open_lane() for _ in range(INFLIGHT)]
    return originals.timed(Fetcher(gevent, fetches).run), 1


if __name__ == "__main__":
    sys.exit(originals.main(demonstrate, {"fresh": fresh, "keep": kept}))
