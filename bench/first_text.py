"""When the first text of a chapter is seen: our page beside Jupyter Book's default page.

    python -m bench.first_text [chapter]

The same notebook, built twice: as this book, and with Jupyter Book's own settings, whose files from
CDNs (MathJax, require.js, the widget manager) are fetched once with npm and served beside it. Both
come gzipped from one local server, cold, at 1.6 Mbit/s and 150 ms, with the processor slowed 4×,
in turns. First paint is the browser's first contentful paint; first text is the paint of the
chapter's first paragraph. Exits 1 where the default page does not take twice as long for both.
"""

import contextlib
import gzip
import http.server
import re
import shutil
import statistics
import subprocess
import sys
import tarfile
import threading
import urllib.parse
from pathlib import Path

from playwright.sync_api import sync_playwright

from theme.browsers import chromium

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "_build" / "first_text"
LOADS = 9
WANTED = 2
NETWORK = {"offline": False, "latency": 150, "downloadThroughput": 2e5, "uploadThroughput": 2e5}
SLOWER = 4
# What the default page asks CDNs for: pattern of the address, npm package, file in it.
CDN = [
    (r"https://[^\"']*/mathjax@3/([^\"']*)", "mathjax@3", r"\1"),
    (r"https://[^\"']*/require(?:\.js)?/[^\"']*", "requirejs@2", "require.js"),
    (
        r"https://[^\"']*/@jupyter-widgets/html-manager@[^/]*/dist/embed-amd(?:\.js)?",
        "@jupyter-widgets/html-manager@1",
        "dist/embed-amd.js",
    ),
]
CONFIG = """title: The default
execute: {execute_notebooks: auto, timeout: 300}
sphinx: {extra_extensions: [sphinx_proof, sphinx_exercise]}
"""
OBSERVE = """
window.firstText = null;
new PerformanceObserver((list) => { firstText = list.getEntries()[0].startTime; })
    .observe({ type: "element", buffered: true });
"""
TIMES = """() => {
    const [paint] = performance.getEntriesByName("first-contentful-paint");
    return paint && firstText ? [paint.startTime, firstText] : null;
}"""


def fetch(package: str) -> Path:
    """Return the unpacked npm `package`; ask npm for it the first time."""
    folder = WORK / "cdn" / re.sub(r"\W+", "-", package).strip("-")
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        command = ["npm", "pack", "--silent", "--pack-destination", folder.parent, package]
        packed = subprocess.run(command, check=True, capture_output=True, text=True, timeout=300)
        with tarfile.open(folder.parent / packed.stdout.split()[-1]) as archive:
            archive.extractall(folder, filter="data")
    return folder / "package"


def build_default(chapter: str) -> Path:
    """Build the chapter alone with Jupyter Book's own settings, and point it to local files."""
    book = WORK / "default"
    shutil.rmtree(book, ignore_errors=True)
    book.mkdir(parents=True)
    (book / "_config.yml").write_text(CONFIG, "utf-8")
    (book / "_toc.yml").write_text(f"format: jb-book\nroot: {chapter}\n", "utf-8")
    shutil.copy(ROOT / "book" / f"{chapter}.ipynb", book)
    build(book)
    site = book / "_build" / "html"
    page = site / f"{chapter}.html"
    text = re.sub(r' integrity="[^"]*"', "", page.read_text("utf-8"))
    for pattern, package, file in CDN:
        name = package.split("@")[-2].split("/")[-1]
        shutil.copytree(fetch(package), site / "cdn" / name)
        text = re.sub(pattern, rf"cdn/{name}/{file}", text)
    page.write_text(text, "utf-8")
    if left := re.findall(r'<script[^>]* src="https?:[^"]*"|<link[^>]* href="https?:[^>]*', text):
        print(f"Note: the default page still asks elsewhere: {left}")
    return page


def build(book: Path) -> None:
    """Build a book without its chatter."""
    command = [Path(sys.executable).with_name("jupyter-book"), "build", book, "-q"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{book} was not built:\n{done.stderr[-2000:]}")


class Gzipping(http.server.SimpleHTTPRequestHandler):
    """A file server as on the web: gzip, connections kept open, and a mark on the first text."""

    protocol_version = "HTTP/1.1"
    bodies: dict[str, tuple[bytes, bool]] = {}
    sent = 0

    def do_GET(self):
        """Send a file, gzipped where that makes it smaller."""
        path = self.translate_path(urllib.parse.urlsplit(self.path).path)
        if path not in self.bodies:
            if not Path(path).is_file():
                self.send_error(404)
                return
            self.bodies[path] = self.prepare(Path(path))
        body, packed = self.bodies[path]
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Length", str(len(body)))
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        with contextlib.suppress(ConnectionError):  # a page that is closed while it loads
            self.wfile.write(body)
        Gzipping.sent += len(body)

    @staticmethod
    def prepare(path: Path) -> tuple[bytes, bool]:
        """Return the bytes to send, and whether they are gzipped."""
        body = path.read_bytes()
        if path.suffix == ".html":
            head, article, rest = body.partition(b"<article")
            heading, end, text = rest.partition(b"</h1>")
            text = text.replace(b"<p>", b'<p elementtiming="first">', 1)
            body = head + article + heading + end + text
        small = gzip.compress(body, 9)
        return (small, True) if len(small) < len(body) else (body, False)

    def log_message(self, *args):
        """Nothing: the table is the output."""


class Server(http.server.ThreadingHTTPServer):
    """A server that does not complain of a page that is closed while it loads."""

    def handle_error(self, request, client_address):
        """Nothing: what was lost shows in the table, or as a page that never paints."""


def load(browser, url: str) -> tuple[float, float]:
    """Load a page cold and slowly; return (first paint, first text) in milliseconds."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.add_init_script(OBSERVE)
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", NETWORK)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(url, wait_until="commit", timeout=120_000)
    times = page.wait_for_function(TIMES, timeout=120_000).json_value()
    context.close()
    return tuple(times)


def weigh(browser, url: str) -> float:
    """Return the kB that the page and all it loads by itself take on the wire."""
    before = Gzipping.sent
    page = browser.new_page()
    page.goto(url, wait_until="networkidle")
    page.wait_for_timeout(2000)
    page.close()
    return (Gzipping.sent - before) / 1000


def main() -> int:
    """Measure, print a table, and say whether the promise holds."""
    chapter = sys.argv[1] if len(sys.argv) > 1 else "entropy"
    if shutil.which("npm") is None:
        print("Skipped: npm is not here, and the default page's CDN files come from it.")
        return 0
    print("Building both pages.")
    build(ROOT)
    try:
        default = build_default(chapter)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        print(f"Skipped: npm did not deliver the default page's CDN files ({error}).")
        return 0
    pages = {"default": default, "ours": ROOT / "_build" / "html" / "book" / f"{chapter}.html"}

    class Handler(Gzipping):
        def __init__(self, *args):
            super().__init__(*args, directory=str(ROOT / "_build"))

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    host = f"http://127.0.0.1:{server.server_port}"
    urls = {name: f"{host}/{path.relative_to(ROOT / '_build')}" for name, path in pages.items()}
    times = {name: [] for name in pages}
    alone = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"  # nothing from outside
    with sync_playwright() as playwright, chromium(playwright, alone, whole=True) as browser:
        weights = {name: weigh(browser, url) for name, url in urls.items()}
        for _ in range(LOADS):
            for name, url in urls.items():
                times[name].append(load(browser, url))
    server.shutdown()

    print(f"{chapter}: median of {LOADS} cold loads (least to most), 1.6 Mbit/s, 150 ms, CPU 4×")
    print(f"{'':9}{'first paint, ms':>26}{'first text, ms':>26}{'kB':>8}")
    medians = {}
    for name, pairs in times.items():
        columns = list(zip(*pairs, strict=True))
        medians[name] = [statistics.median(column) for column in columns]
        cells = [f"{statistics.median(c):.0f} ({min(c):.0f} to {max(c):.0f})" for c in columns]
        print(f"{name:9}{cells[0]:>26}{cells[1]:>26}{weights[name]:8.0f}")
    paint, text = (d / o for d, o in zip(medians["default"], medians["ours"], strict=True))
    print(f"{'ratio':9}{paint:>26.2f}{text:>26.2f}{weights['default'] / weights['ours']:8.2f}")
    return int(min(paint, text) < WANTED)


if __name__ == "__main__":
    sys.exit(main())
