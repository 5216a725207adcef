# SPDX-License-Identifier: MIT
"""Timer: runs a function after so many seconds, unless it is cancelled."""
import collections
import itertools
import sys
import threading
import time

import originals
from crew import Crew
from originals import promise

DELAY = 0.02
LONG = 60
LANES = 12


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


class Lanes:
    """So many timers at a time; where one is over the next is started.

    Of four the first and the third run when their time has come, the second
    one of half the time, which then cancels a fourth one: as it is in C."""

    def __init__(self, delay):
        self.delay = delay
        self.left = 0
        self.numbers = itertools.count()
        self.armed = collections.deque()
        self.lanes = Crew(LANES, self.work)

    def cancel(self):
        if self.armed:
            self.armed.popleft().cancel()

    def make(self, role):
        if role == 1:
            return threading.Timer(self.delay / 2, self.cancel)
        return threading.Timer(self.delay, int)

    def work(self, _):
        while True:
            number = next(self.numbers)
            if number >= self.left:
                return
            timer = self.make(number % 4)
            timer.start()
            if number % 4 == 3:
                self.armed.append(timer)
            timer.join()

    def run(self, count):
        self.left = count
        self.numbers = itertools.count()
        return self.lanes.run(count)


def peer(delay="0.001"):
    return Lanes(float(delay)).run, 1


if __name__ == "__main__":
    sys.exit(originals.main(demonstrate, {"lanes": peer}))
