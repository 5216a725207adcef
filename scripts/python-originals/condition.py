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


class Rounds:
    """Ten wait; one notifies one of them, each time that one has come."""

    def __init__(self):
        self.condition = threading.Condition()
        self.come = threading.Semaphore(0)
        self.waiters = Crew(WAITERS, self.wait)

    def wait(self, rounds):
        for _ in range(rounds):
            with self.condition:
                self.come.release()
                self.condition.wait()

    def run(self, count):
        """An operation is a waiter that was notified and has woken."""
        begin = originals.clock()
        self.waiters.go(count // WAITERS)
        for _ in range(count):
            self.come.acquire()
            # Who has come lets go of it only by waiting.
            with self.condition:
                self.condition.notify()
        self.waiters.wait()
        return originals.clock() - begin


def peer():
    return Rounds().run, WAITERS


if __name__ == "__main__":
    sys.exit(originals.main(demonstrate, {"notify": peer}))
