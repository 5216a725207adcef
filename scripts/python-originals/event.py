# SPDX-License-Identifier: MIT
"""Event: ten threads wait until it is set; clear closes it again."""
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


class Rounds:
    """Ten wait for a door, one opens it once all of them have come.

    Two doors in turn, so that one is closed while the other is open."""

    def __init__(self):
        self.doors = [threading.Event(), threading.Event()]
        self.come = threading.Semaphore(0)
        self.waiters = Crew(WAITERS, self.wait)

    def wait(self, rounds):
        for i in range(rounds):
            self.come.release()
            self.doors[i & 1].wait()

    def open(self, rounds):
        for i in range(rounds):
            for _ in range(WAITERS):
                self.come.acquire()
            self.doors[(i + 1) & 1].clear()
            self.doors[i & 1].set()

    def run(self, count):
        """An operation is a passage of one waiter."""
        rounds = count // WAITERS
        self.doors[0].clear()
        begin = originals.clock()
        self.waiters.go(rounds)
        self.open(rounds)
        self.waiters.wait()
        return originals.clock() - begin


def peer():
    return Rounds().run, WAITERS


if __name__ == "__main__":
    sys.exit(originals.main(demonstrate, {"broadcast": peer}))
