"""Serve a folder of this machine, with the headers that let a running cell be interrupted.

    python -m live.host _build/html 8000

Without them a browser gives the page no memory to share with its worker, and "Stop" ends Python.
"""

import functools
import http.server
import sys

ISOLATED = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}


class Handler(http.server.SimpleHTTPRequestHandler):
    """A file server whose pages are apart from those of other hosts."""

    def end_headers(self) -> None:
        """Add the headers to each answer."""
        for name, value in ISOLATED.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing."""


def main(folder: str, port: str) -> None:
    """Serve `folder` on this port of this machine, until Ctrl+C."""
    handler = functools.partial(Handler, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), handler) as server:
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()


if __name__ == "__main__":
    main(*sys.argv[1:])
