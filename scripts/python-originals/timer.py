# SPDX-License-Identifier: MIT
"""Timer: runs a function after so many seconds, unless it is cancelled."""
import sys
import threading
import time

import originals
from originals import promise

DELAY = 0.02
LONG = 60
TIMERS = 10


def demonstrate():
    fired = []

    def fire(name, set_at):
        fired.append((name, time.monotonic() - set_at))

    kept = threading.Timer(DELAY, fire, ("kept", time.monotonic()))
    cancelled = threading.Timer(LONG, fire, ("cancelled", time.monotonic()))
    kept.start()
    cancelled.start()
    cancelled.cancel()
    kept.join()
    cancelled.join()
    names = [name for name, _ in fired]
    promise(names == ["kept"], "a cancelled one never fires, the other once")
    late = fired[0][1] - DELAY
    promise(late >= 0, "never early")
    print(f"fired {late * 1e6:.0f} us late, the cancelled one never")


def fire_all(delay):
    def fire(count):
        for _ in range(count // TIMERS):
            timers = [threading.Timer(delay, int) for _ in range(TIMERS)]
            for timer in timers:
                timer.start()
            for timer in timers:
                timer.join()

    return fire


def cancel_all(count):
    for _ in range(count):
        timer = threading.Timer(LONG, int)
        timer.start()
        timer.cancel()
        timer.join()


def fire(delay="0.001"):
    """Ten at a time, that all come to their end."""
    return originals.timed(fire_all(float(delay))), TIMERS


def cancel():
    return originals.timed(cancel_all), 1


if __name__ == "__main__":
    sys.exit(originals.main(demonstrate, {"fire": fire, "cancel": cancel}))
