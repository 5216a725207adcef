# SPDX-License-Identifier: MIT
"""Process: what it changes is its own, nobody else sees it."""
import multiprocessing
import sys

import originals
from originals import promise

data = ["parent"]


def change(told):
    data.append("child")
    told.put(list(data))


def demonstrate():
    told = multiprocessing.SimpleQueue()
    process = multiprocessing.Process(target=change, args=(told,))
    process.start()
    childs = told.get()
    process.join()
    print(f"in the child {childs}, in the parent {data}")
    promise(childs == ["parent", "child"], "the child changed its data")
    promise(data == ["parent"], "the parent does not see it")
    promise(process.exitcode == 0, "joined: ended")


def nothing():
    pass


def start_and_join(count):
    for _ in range(count):
        process = multiprocessing.Process(target=nothing)
        process.start()
        process.join()


def peer():
    return originals.timed(start_and_join), 1


if __name__ == "__main__":
    sys.exit(originals.main(demonstrate, {"join": peer}))
