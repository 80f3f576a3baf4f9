"""Stops a function that does not come to an end."""

import ctypes
import threading
import time
from collections.abc import Callable
from typing import Any

SECONDS = 10.0  # an answer takes milliseconds, the first import of a large package some seconds
_LOOK, _INSIST = 0.1, 0.001  # seconds between looks, and between attempts to stop it


class OutOfTime(BaseException):
    """The function was stopped. No Exception, so that `except Exception` does not catch it."""


def limited(call: Callable[[], Any], seconds: float) -> Any:
    """Return call(), or stop it by OutOfTime once it has used the processor for so many seconds.

    A second thread watches, so it works in any thread and on any system; an alarm signal needs the
    main thread and is not known to Windows, and a trace function makes loops many times slower.
    What waits, or computes without coming back to Python, is not stopped; nor, but by luck, is a
    loop that catches everything around another one.
    """
    try:
        throw = ctypes.pythonapi.PyThreadState_SetAsyncExc
        over, wake, thread = [False], threading.Event(), ctypes.c_ulong(threading.get_ident())
        watcher = threading.Thread(
            target=_watch,
            args=(lambda: throw(thread, ctypes.py_object(OutOfTime)), seconds, over, wake),
            daemon=True,
        )
        watcher.start()
    except (AttributeError, RuntimeError):  # another Python than CPython, or one without threads
        return call()
    try:
        return call()
    finally:
        over[0] = True  # one step, between whose parts no stop can come
        _end(watcher, wake, lambda: throw(thread, None))


def _watch(
    stop: Callable[[], Any], seconds: float, over: list[bool], wake: threading.Event
) -> None:
    """Stop the watched thread when it has used up its time, if need be again and again."""
    # The processor's time is that of all threads; where they run at once, the clock's is less.
    began = time.process_time(), time.monotonic()
    while not wake.wait(_LOOK):
        if min(time.process_time() - began[0], time.monotonic() - began[1]) >= seconds:
            break
    while not over[0]:
        stop()
        wake.wait(_INSIST)  # a bare `except:` may have caught it


def _end(watcher: threading.Thread, wake: threading.Event, forget: Callable[[], Any]) -> None:
    """End the watch; a stop that comes too late, while the watch is being ended, is forgotten."""
    try:
        wake.set()
        watcher.join()
        forget()
    except OutOfTime:
        _end(watcher, wake, forget)
