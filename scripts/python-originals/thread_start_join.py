# SPDX-License-Identifier: MIT
"""Threads, called directly and as a subclass: start, join and their names."""
import sys
import threading
import time

import originals
from originals import promise


class Greeter(threading.Thread):
    """What it does is its method run."""

    def __init__(self, log):
        super().__init__(name="greeter")
        self.log = log

    def run(self):
        self.log.append(f"hello from {self.name}")


def called_directly():
    log = []

    def greet(who):
        log.append(f"hello {who} from {threading.current_thread().name}")

    threads = [
        threading.Thread(target=greet, args=(who,), name=f"to-{who}")
        for who in ("Ada", "Grace")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    promise(not any(thread.is_alive() for thread in threads), "joined: ended")
    promise(
        sorted(log) == ["hello Ada from to-Ada", "hello Grace from to-Grace"],
        "each thread has the name that it was given",
    )
    print(*log, sep="\n")


def as_subclass():
    log = []
    thread = Greeter(log)
    thread.start()
    thread.join()
    thread.name = "renamed"
    promise(log == ["hello from greeter"], "run is what a subclass does")
    promise(thread.name == "renamed", "a name can be changed")
    print(*log, sep="\n")


def spans_of(count, join_at_once):
    """When each of the threads began and ended."""
    spans = []

    def work():
        begin = time.monotonic()
        time.sleep(0.02)
        spans.append((begin, time.monotonic()))

    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
        if join_at_once:
            thread.join()
    for thread in threads:
        thread.join()
    return sorted(spans)


def start_and_join_in_a_loop():
    """Nothing runs side by side: each begins when the last one has ended."""
    spans = spans_of(5, join_at_once=True)
    promise(
        all(a[1] <= b[0] for a, b in zip(spans, spans[1:])),
        "start and join in a loop serialises",
    )
    print(f"in a loop {spans[-1][1] - spans[0][0]:.3f} s", end=", ")
    spans = spans_of(5, join_at_once=False)
    print(f"side by side {max(s[1] for s in spans) - spans[0][0]:.3f} s")


def demonstrate():
    called_directly()
    as_subclass()
    start_and_join_in_a_loop()


def nothing():
    pass


def start_and_join(count):
    for _ in range(count):
        thread = threading.Thread(target=nothing)
        thread.start()
        thread.join()


def peer():
    return originals.timed(start_and_join), 1


if __name__ == "__main__":
    sys.exit(originals.main(demonstrate, {"join": peer}))
