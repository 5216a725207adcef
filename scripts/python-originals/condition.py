# SPDX-License-Identifier: MIT
"""Condition: wait, notify(n) and wait_for(predicate)."""
import sys
import threading
import time

import originals
from crew import Crew
from originals import promise

WAITERS = 10


class Sleepers:
    """Threads that wait for a condition once, and are counted."""

    def __init__(self, count):
        self.condition = threading.Condition()
        self.asleep = self.woken = 0
        self.threads = [
            threading.Thread(target=self.sleep) for _ in range(count)
        ]
        for thread in self.threads:
            thread.start()
        while self.counts() != (count, 0):
            time.sleep(0.001)

    def sleep(self):
        with self.condition:
            self.asleep += 1
            self.condition.wait()
            self.asleep -= 1
            self.woken += 1

    def counts(self):
        with self.condition:
            return self.asleep, self.woken

    def notify(self, count):
        """How many have woken, a while after so many have."""
        wanted = self.woken + count
        with self.condition:
            self.condition.notify(count)
        while self.counts()[1] < wanted:
            time.sleep(0.001)
        time.sleep(0.05)
        return self.woken

    def join(self):
        with self.condition:
            self.condition.notify_all()
        for thread in self.threads:
            thread.join()


def exactly_so_many():
    sleepers = Sleepers(WAITERS)
    woken = [sleepers.notify(3), sleepers.notify(1)]
    sleepers.join()
    print(f"notify(3), notify(1), notify_all: {woken}, {sleepers.woken}")
    promise(woken == [3, 4], "exactly n wake")
    promise(sleepers.woken == WAITERS, "all wake in the end")


def a_false_predicate():
    condition = threading.Condition()
    items, got = [], []

    def take():
        with condition:
            condition.wait_for(lambda: items)
            got.append(items.pop())

    thread = threading.Thread(target=take)
    thread.start()
    for _ in range(3):
        time.sleep(0.01)
        with condition:
            condition.notify()
    promise(not got, "a predicate that is false keeps waiting")
    with condition:
        items.append("item")
        condition.notify()
    thread.join()
    promise(got == ["item"], "one that is true ends it")
    print("wait_for: nothing while it is false, then", *got)


def demonstrate():
    exactly_so_many()
    a_false_predicate()


class Turn:
    """What a generation is about; two of them are used in turn."""

    def __init__(self):
        self.condition = threading.Condition()
        self.told = threading.Event()
        self.end()

    def end(self):
        self.waits = self.notified = self.woken = 0
        self.tokens = self.passed = 0

    def come(self, last):
        """With the lock: one more that waits; the last one tells it."""
        self.waits += 1
        if last or self.waits == WAITERS:
            self.told.set()

    def wait(self):
        with self.condition:
            self.come(False)
            while True:
                self.condition.wait()
                self.woken += 1
                last = self.woken >= self.notified
                if self.tokens:
                    break
                self.come(last)
            self.tokens -= 1
            self.passed += 1
        if last:
            self.told.set()

    def notify(self):
        """Once without a token, so that who is woken waits on, then with
        one for each, until all have passed."""
        while True:
            self.told.wait()
            self.told.clear()
            with self.condition:
                if self.passed == WAITERS:
                    self.end()
                    return
                if self.notified:
                    self.tokens = 1
                self.notified += 1
                self.condition.notify(1)


class Generations:
    """Ten wait for a token, one notifies them one by one.  An operation is
    once for all of them, as it is in C."""

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
            self.turns[i & 1].notify()
        self.waiters.wait()
        return originals.clock() - begin


def peer():
    return Generations().run, 1


if __name__ == "__main__":
    sys.exit(originals.main(demonstrate, {"notify": peer}))
