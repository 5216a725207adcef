# SPDX-License-Identifier: MIT
"""BoundedSemaphore(5): of 20 threads at most 5 are inside at once."""
import sys
import threading
import time

import originals
from crew import Crew
from originals import promise

UNITS = 5
THREADS = 20


class Room:
    def __init__(self):
        self.gate = threading.BoundedSemaphore(UNITS)
        self.lock = threading.Lock()
        self.inside = 0
        self.most = 0
        self.passed = 0

    def visit(self):
        with self.gate:
            with self.lock:
                self.inside += 1
                self.most = max(self.most, self.inside)
            time.sleep(0.005)
            with self.lock:
                self.inside -= 1
                self.passed += 1


def demonstrate():
    room = Room()
    threads = [threading.Thread(target=room.visit) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"{room.passed} passed, at most {room.most} at once")
    promise(room.passed == THREADS, "all pass")
    promise(room.most <= UNITS, f"at most {UNITS} are inside")
    try:
        room.gate.release()
    except ValueError as error:
        print(f"one release too many: {error}")
    else:
        promise(False, "releasing more than was acquired is an error")


def visitor():
    gate = threading.BoundedSemaphore(UNITS)
    number = [0]

    def visit(count):
        for _ in range(count):
            with gate:
                number[0] += 1

    return visit


def alone():
    return originals.timed(visitor()), 1


def contended():
    return Crew(THREADS, visitor()).run, THREADS


if __name__ == "__main__":
    sys.exit(
        originals.main(demonstrate, {"alone": alone, "contended": contended})
    )
