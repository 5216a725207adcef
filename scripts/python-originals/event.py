# SPDX-License-Identifier: MIT
"""Event: ten threads wait until it is set; clear closes it again."""
import itertools
import sys
import threading
import time

import originals
from crew import Crew
from originals import promise

WAITERS = 10


def demonstrate():
    event = threading.Event()
    passed = []

    def wait(name):
        event.wait()
        passed.append((name, event.is_set()))

    threads = [
        threading.Thread(target=wait, args=(i,)) for i in range(WAITERS)
    ]
    for thread in threads:
        thread.start()
    time.sleep(0.05)
    promise(not passed, "nobody passes before it is set")
    event.set()
    for thread in threads:
        thread.join()
    print(f"{len(passed)} passed after set")
    promise(len(passed) == WAITERS, "all pass after it is set")
    event.clear()
    promise(not event.wait(0.01), "clear closes it again")
    print("nobody after clear")


class Turn:
    """One set of events; generations take two of them in turn."""

    def __init__(self):
        self.ready = threading.Event()
        self.go = threading.Event()
        self.passed = threading.Event()
        self.end()

    def end(self):
        """What is counted with next is counted once, whoever does it."""
        self.count_announced = itertools.count(1)
        self.count_passed = itertools.count(1)

    def wait(self):
        if next(self.count_announced) == WAITERS:
            self.ready.set()
        self.go.wait()
        if next(self.count_passed) == WAITERS:
            self.passed.set()

    def set(self):
        self.ready.wait()
        self.go.set()
        self.passed.wait()
        self.go.clear()
        self.ready.clear()
        self.passed.clear()
        self.end()


class Generations:
    """Again and again one sets, when all wait, and clears, when all have
    passed.  An operation is once for all of them, as it is in C."""

    def __init__(self):
        self.turns = [Turn(), Turn()]
        self.waiters = Crew(WAITERS, self.wait)

    def wait(self, generations):
        for i in range(generations):
            self.turns[i & 1].wait()

    def run(self, count):
        begin = originals.clock()
        self.waiters.go(count)
        for i in range(count):
            self.turns[i & 1].set()
        self.waiters.wait()
        return originals.clock() - begin


def peer():
    return Generations().run, 1


if __name__ == "__main__":
    sys.exit(originals.main(demonstrate, {"broadcast": peer}))
