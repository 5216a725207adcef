# SPDX-License-Identifier: MIT
"""Pool: apply, apply_async with a callback, map, close and join."""
import multiprocessing
import sys

import originals
from originals import promise

WORKERS = 2
TASKS = 100
AHEAD = 1024


def square(number):
    return number * number


def demonstrate():
    serial = [square(i) for i in range(TASKS)]
    called = []
    with multiprocessing.Pool(WORKERS) as pool:
        applied = [pool.apply(square, (i,)) for i in range(10)]
        promise(applied == serial[:10], "apply: as serial")
        results = [
            pool.apply_async(square, (i,), callback=called.append)
            for i in range(TASKS)
        ]
        promise([r.get() for r in results] == serial, "get: as serial")
        promise(pool.map(square, range(TASKS)) == serial, "map: as serial")
        pool.close()
        try:
            pool.apply(square, (1,))
        except ValueError as error:
            print(f"after close: {error}")
        else:
            promise(False, "close refuses new work")
        pool.join()
    promise(sorted(called) == serial, "a callback once for each")
    print(f"{len(called)} callbacks, results as serial")
    without_join()


def without_join():
    """Who does not join loses what has not come to its end."""
    pool = multiprocessing.Pool(1)
    results = [pool.apply_async(square, (i,)) for i in range(5000)]
    pool.terminate()
    unfinished = sum(not result.ready() for result in results)
    print(f"without join {unfinished} of {len(results)} have no result")
    pool.join()


def nothing(_=None):
    pass


def apply():
    """One at a time, with one worker: a round trip."""
    pool = multiprocessing.Pool(1)

    def apply_all(count):
        for _ in range(count):
            pool.apply(nothing)

    return originals.timed(apply_all), 1


def submit():
    """So many ahead, each with its callback; then they are waited for."""
    pool = multiprocessing.Pool(WORKERS)
    called = []

    def submit_all(count):
        for first in range(0, count, AHEAD):
            results = [
                pool.apply_async(nothing, callback=called.append)
                for _ in range(min(AHEAD, count - first))
            ]
            for result in results:
                result.wait()

    def run(count):
        called.clear()
        elapsed = originals.timed(submit_all)(count)
        promise(len(called) == count, "a callback once for each")
        return elapsed

    return run, 1


def map_all():
    pool = multiprocessing.Pool(WORKERS)

    def run(count):
        pool.map(nothing, range(count))

    return originals.timed(run), 1


if __name__ == "__main__":
    peers = {"apply": apply, "submit": submit, "map": map_all}
    sys.exit(originals.main(demonstrate, peers))
