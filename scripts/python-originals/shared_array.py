# SPDX-License-Identifier: MIT
"""multiprocessing.Array: numbers that all processes see, under a lock."""
import multiprocessing
import sys

import originals
from originals import promise

PROCESSES = 2
CELLS = 1024
ADDED = 2000


def add_to_all(array, count):
    for i in range(count):
        with array.get_lock():
            array[i % len(array)] += 1


def write_own(raw, first, count):
    for i in range(first, first + count):
        raw[i] = i


def in_processes(function, arguments):
    processes = [
        multiprocessing.Process(target=function, args=each)
        for each in arguments
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    promise(not any(p.exitcode for p in processes), "every process ends well")


def demonstrate():
    array = multiprocessing.Array("q", 8)
    in_processes(add_to_all, [(array, ADDED)] * PROCESSES)
    print(f"with the lock {sum(array)} of {PROCESSES * ADDED}")
    promise(sum(array) == PROCESSES * ADDED, "sums are exact")
    raw = multiprocessing.Array("q", 8, lock=False)
    in_processes(write_own, [(raw, 0, 4), (raw, 4, 4)])
    print(f"raw {list(raw)}")
    promise(list(raw) == list(range(8)), "all see what each has written")


def locked():
    """What the tutorial writes: array[i] takes the lock by itself, but
    reading and writing are two steps, so the lock is held around them."""
    array = multiprocessing.Array("Q", CELLS)
    guard = array.get_lock()

    def write(count):
        for i in range(count):
            with guard:
                array[i & (CELLS - 1)] += 1

    return originals.timed(write), 1


def held():
    """The same on the numbers beneath: the lock is taken once."""
    array = multiprocessing.Array("Q", CELLS)
    guard, cells = array.get_lock(), array.get_obj()

    def write(count):
        for i in range(count):
            with guard:
                cells[i & (CELLS - 1)] += 1

    return originals.timed(write), 1


def raw():
    array = multiprocessing.Array("Q", CELLS, lock=False)

    def write(count):
        for i in range(count):
            array[i & (CELLS - 1)] += 1

    return originals.timed(write), 1


if __name__ == "__main__":
    peers = {"locked": locked, "held": held, "raw": raw}
    sys.exit(originals.main(demonstrate, peers))
