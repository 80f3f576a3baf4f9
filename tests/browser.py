"""Three browser engines for the tests: how they start, or say why not; one page, alike in all."""

import contextlib
import os
import shutil
import subprocess

import pytest
from playwright.sync_api import TimeoutError as PlayedTooLong
from selenium import webdriver
from selenium.common.exceptions import TimeoutException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.client_config import ClientConfig
from selenium.webdriver.remote.remote_connection import RemoteConnection
from selenium.webdriver.support.wait import WebDriverWait
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

from theme import browsers

# What a test says that did not run, and what the summary of all tests then looks for.
MISSING = {
    **browsers.MISSING,
    "WEBKIT": (
        "No WebKit found. Install its driver and a screen for it "
        "(Debian, Ubuntu: apt-get install webkit2gtk-driver xvfb)"
    ),
}
TIMEOUTS = (PlayedTooLong, TimeoutException)
SECONDS = 60  # that a condition may take to come true, on a slow machine with three engines


def not_here(engine):
    """Skip the test, since there is no such browser; fail where CI is set."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(MISSING[engine])


# ---- the browsers ------------------------------------------------------------------------------


@contextlib.contextmanager
def launch(playwright):
    """Start headless Chromium; skip the test where there is none, fail where CI is set."""
    if browsers.find("CHROMIUM") is None:
        not_here("CHROMIUM")
    with browsers.chromium(playwright) as running:
        yield running


@contextlib.contextmanager
def launch_firefox(playwright):
    """Start a stock Firefox, headless: a viewport it has, touch and media emulation it has not."""
    program = browsers.find("FIREFOX") or not_here("FIREFOX")
    running = playwright.firefox.launch(channel="moz-firefox", executable_path=program)
    try:
        yield running
    finally:
        running.close()


@contextlib.contextmanager
def launch_webkit():
    """Start WebKitGTK's small browser on a screen of its own, which nobody sees."""
    driver, screen = shutil.which("WebKitWebDriver"), shutil.which("Xvfb")
    if not (driver and screen):
        not_here("WEBKIT")
    with _screen(screen) as display:
        service = Service(driver, env={**os.environ, "DISPLAY": display})
        service.start()
        try:
            # Selenium's own WebKitGTK gives the address in a way that Selenium warns of.
            there = RemoteConnection(client_config=ClientConfig(service.service_url))
            running = webdriver.Remote(there, options=Options())
            yield running
            running.quit()
        finally:
            service.stop()


@contextlib.contextmanager
def _screen(program):
    read, write = os.pipe()
    size = ["-screen", "0", "1600x5000x24"]  # an explorer on a phone is a long page
    command = [program, "-displayfd", str(write), *size, "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        with os.fdopen(read) as pipe:
            number = pipe.readline().strip()  # comes when the screen is ready
        assert number, "Xvfb has not started"
        yield f":{number}"
    finally:
        server.terminate()
        server.wait()


# ---- one page, the same for all ------------------------------------------------------------------


class Played:
    """A page in Chromium or Firefox, driven by Playwright."""

    def __init__(self, running):
        self.running, self.page = running, None

    def open(self, url, width, height):
        """Open `url` anew in a window of this size; to open another window would take a second."""
        if not self.page:
            self.page = self.running.new_page()
        self.close()
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.goto(url)

    def evaluate(self, function, *given):
        """Return what a JavaScript function says of these arguments."""
        return self.page.evaluate(f"(given) => ({function})(...given)", list(given))

    def wait_for(self, function, *given):
        """Wait until a JavaScript function is true of these arguments."""
        told = f"(given) => ({function})(...given)"
        self.page.wait_for_function(told, arg=list(given), timeout=SECONDS * 1000)

    def drag(self, *places):
        """Press the mouse at the first of these places, go to the others, let go at the last."""
        self.page.mouse.move(*places[0])
        self.page.mouse.down()
        for place in places[1:]:
            self.page.mouse.move(*place, steps=4)
        self.page.mouse.up()

    def press(self, key):
        """Press a key, named as in KeyboardEvent.key."""
        self.page.keyboard.press(key)

    def picture(self, path):
        """Store what the window shows."""
        self.page.screenshot(path=path)

    def close(self):
        """Leave the page; the window stays for the next one."""
        self.page.mouse.up()
        self.page.mouse.move(0, 0)
        self.page.goto("about:blank")


class Driven:
    """A page in WebKit, driven by Selenium."""

    NARROWEST = 447  # of a window; a phone is a frame in it
    BORDER = 16
    KEYS = {
        "ArrowUp": Keys.ARROW_UP, "ArrowDown": Keys.ARROW_DOWN, "ArrowLeft": Keys.ARROW_LEFT,
        "ArrowRight": Keys.ARROW_RIGHT, "PageUp": Keys.PAGE_UP, "PageDown": Keys.PAGE_DOWN,
        "Enter": Keys.ENTER, "Tab": Keys.TAB, "Home": Keys.HOME, "End": Keys.END,
    }  # fmt: skip
    IN_A_FRAME = """(url, width, height) => {
        document.body.innerHTML = `<iframe src="${url}" width="${width}" height="${height}"
            style="border: 0; margin: 0"></iframe>`;
    }"""
    UNDER_THE_HAND = "(x, y) => document.elementFromPoint(x, y).matches(':hover')"
    LOADED = "() => location.href !== 'about:blank' && document.readyState === 'complete'"

    def __init__(self, running):
        self.running = running

    def open(self, url, width, height):
        """Open `url` in a window, or where none is so narrow in a frame, of this size."""
        wide = max(width, self.NARROWEST)
        self.running.switch_to.default_content()
        self.running.set_window_rect(0, 0, wide, height)
        bars = height - self.evaluate("() => innerHeight")
        self.running.set_window_rect(0, 0, wide, height + bars)
        self.running.get(url)
        if width < wide:
            self.evaluate(self.IN_A_FRAME, url, width, height - self.BORDER)
            self.running.switch_to.frame(0)
            self.wait_for(self.LOADED)

    def show_whole(self):
        """Make the window as tall as its page, which then has nothing to scroll.

        A busy WebKit presses for a while where the page was before it scrolled.
        """
        height = self.evaluate("() => document.documentElement.scrollHeight")
        self.running.switch_to.default_content()
        framed = self.evaluate("() => !!document.querySelector('iframe')")
        if framed:
            self.evaluate(
                "(height) => { document.querySelector('iframe').height = height; }", height
            )
        window = self.running.get_window_rect()
        bars = window["height"] - self.evaluate("() => innerHeight")
        tall = height + self.BORDER * framed + bars
        self.running.set_window_rect(0, 0, window["width"], tall)
        if framed:
            self.running.switch_to.frame(0)

    def evaluate(self, function, *given):
        """Return what a JavaScript function says of these arguments."""
        return self.running.execute_script(f"return ({function})(...arguments)", *given)

    def wait_for(self, function, *given, seconds=SECONDS):
        """Wait until a JavaScript function is true of these arguments."""
        said = f"not true: {function} of {given}"
        self.wait_until(lambda: self.evaluate(function, *given), said, seconds)

    def wait_until(self, condition, otherwise, seconds=SECONDS):
        """Wait until a condition is true; where it does not come true, `otherwise` says so."""
        told = WebDriverWait(self.running, seconds, poll_frequency=0.02)
        told.until(lambda _: condition(), otherwise)

    def drag(self, *places):
        """Press the mouse at the first of these places, go to the others, let go at the last."""
        self.wait_until(lambda: self.hover(*places[0]), f"the hand is not seen at {places[0]}")
        chain = ActionChains(self.running, duration=10)
        hand = chain.w3c_actions.pointer_action
        hand.pointer_down()
        for x, y in places[1:]:
            hand.move_to_location(round(x), round(y))
        hand.pointer_up()
        chain.perform()

    def hover(self, x, y):
        """Move the mouse there; return whether the page sees it over what it shows there.

        Just after it has scrolled, a busy WebKit takes the hand to be over what was there before.
        """
        chain = ActionChains(self.running, duration=10)
        chain.w3c_actions.pointer_action.move_to_location(round(x), round(y))
        chain.perform()
        return self.evaluate(self.UNDER_THE_HAND, round(x), round(y))

    def press(self, key):
        """Press a key, named as in KeyboardEvent.key."""
        ActionChains(self.running, duration=10).send_keys(self.KEYS.get(key, key)).perform()

    def picture(self, path):
        """Store what the window shows."""
        self.running.save_screenshot(str(path))

    def close(self):
        """Leave the page; the window stays, since there is only one."""
        self.running.switch_to.default_content()
        self.running.get("about:blank")


def frames(page, count=12):
    """Wait until a page that Playwright drives has drawn so many frames: what moves has moved."""
    page.evaluate(
        """(count) => new Promise((done) => {
          const next = () => (count-- > 0 ? requestAnimationFrame(next) : setTimeout(done));
          next();
        })""",
        count,
    )
