# SPDX-License-Identifier: MIT
"""gevent: spawn, joinall and sleep(0): foo, bar, foo again, bar again."""
import sys

import originals
from originals import promise

RING = 16
SLEEPERS = 1000


def need_gevent():
    return originals.need("gevent", "python3-gevent")


def demonstrate():
    gevent = need_gevent()
    said = []

    def say(name):
        said.append(name)
        gevent.sleep(0)
        said.append(f"{name} again")

    gevent.joinall([gevent.spawn(say, "foo"), gevent.spawn(say, "bar")])
    print(*said, sep=", ")
    promise(
        said == ["foo", "bar", "foo again", "bar again"],
        "the order is exactly that",
    )


def spawn():
    """One at a time: spawned, run to its end, joined."""
    gevent = need_gevent()

    def nothing():
        pass

    def spawn_all(count):
        for _ in range(count):
            gevent.joinall([gevent.spawn(nothing)])

    return originals.timed(spawn_all), 1


def switch():
    """Sixteen that give way in turn; an operation is one sleep(0)."""
    gevent = need_gevent()

    def give_way(count):
        for _ in range(count):
            gevent.sleep(0)

    def all_give_way(count):
        share = count // RING
        gevent.joinall([gevent.spawn(give_way, share) for _ in range(RING)])

    return originals.timed(all_give_way), RING


def sleepers(seconds="0.01"):
    """A thousand that sleep at once; an operation is one sleep."""
    gevent = need_gevent()
    delay = float(seconds)

    def sleep_all(count):
        for _ in range(count // SLEEPERS):
            gevent.joinall(
                [gevent.spawn(gevent.sleep, delay) for _ in range(SLEEPERS)]
            )

    return originals.timed(sleep_all), SLEEPERS


if __name__ == "__main__":
    peers = {"yield": switch, "spawn": spawn, "sleepers": sleepers}
    sys.exit(originals.main(demonstrate, peers))
