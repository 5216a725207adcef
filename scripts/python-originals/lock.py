# SPDX-License-Identifier: MIT
"""Lock: 100 threads change a shared number."""
import sys
import threading
import time

import originals
from crew import Crew
from originals import promise

THREADS = 100
CHANGES = 200


class Number:
    def __init__(self):
        self.value = 0
        self.lock = threading.Lock()

    def add(self):
        with self.lock:
            self.value += 1

    def add_unguarded(self):
        value = self.value
        time.sleep(0)  # another thread runs between reading and writing
        self.value = value + 1


def all_change(change, changes):
    def work():
        for _ in range(changes):
            change()

    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def demonstrate():
    number = Number()
    all_change(number.add, CHANGES)
    print(f"with the lock {number.value} of {THREADS * CHANGES}")
    promise(number.value == THREADS * CHANGES, "the final value is exact")
    number = Number()
    all_change(number.add_unguarded, 5)
    print(f"without it {number.value} of {THREADS * 5}: the rest is lost")


def adder():
    """Straight-line code with names that are looked up once: as fast as it
    can be written."""
    lock = threading.Lock()
    number = [0]

    def add(count):
        for _ in range(count):
            with lock:
                number[0] += 1

    return add


def alone():
    return originals.timed(adder()), 1


def contended():
    return Crew(THREADS, adder()).run, THREADS


if __name__ == "__main__":
    sys.exit(
        originals.main(demonstrate, {"alone": alone, "contended": contended})
    )
