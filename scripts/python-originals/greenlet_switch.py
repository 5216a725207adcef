# SPDX-License-Identifier: MIT
"""greenlet: control passes where it is told to go: 12 56 34 78."""
import sys

import originals
from originals import promise


def demonstrate():
    greenlet = originals.need("greenlet", "python3-greenlet").greenlet
    said = []

    def one():
        said.append(12)
        second.switch()
        said.append(34)
        second.switch()

    def two():
        said.append(56)
        first.switch()
        said.append(78)

    first, second = greenlet(one), greenlet(two)
    first.switch()
    print(*said)
    promise(said == [12, 56, 34, 78], "the order is exactly that")


def peer():
    """There and back; an operation is a switch, one way."""
    module = originals.need("greenlet", "python3-greenlet")
    main = module.getcurrent()

    def answer():
        switch = main.switch
        while True:
            switch()

    there = module.greenlet(answer).switch

    def switch_all(count):
        for _ in range(count // 2):
            there()

    return originals.timed(switch_all), 2


if __name__ == "__main__":
    sys.exit(originals.main(demonstrate, {"switch": peer}))
