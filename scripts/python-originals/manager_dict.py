# SPDX-License-Identifier: MIT
"""Manager().dict(): a dictionary in a process of its own, for many."""
import multiprocessing
import sys

import originals
from originals import promise

CLIENTS = 4
KEYS = 20


def write(shared, client):
    for i in range(KEYS):
        shared[f"{client}.{i}"] = client * KEYS + i
        if shared[f"{client}.{i}"] != client * KEYS + i:
            sys.exit(1)


def demonstrate():
    with multiprocessing.Manager() as manager:
        shared = manager.dict()
        clients = [
            multiprocessing.Process(target=write, args=(shared, client))
            for client in range(CLIENTS)
        ]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        print(f"{len(shared)} keys of {CLIENTS} clients")
        promise(
            not any(client.exitcode for client in clients),
            "every write is seen by a later read",
        )
        promise(
            sorted(shared.values()) == list(range(CLIENTS * KEYS)),
            "nobody's writes are lost",
        )


def set_and_get():
    """Pairs: a key is set and read back."""
    manager = multiprocessing.Manager()
    shared = manager.dict()
    keys = [f"key-{i}" for i in range(64)]

    def pairs(count):
        for i in range(count // 2):
            shared[keys[i & 63]] = i
            if shared[keys[i & 63]] != i:
                raise originals.Broken("a write was not seen by its read")

    # It holds the manager, who ends with the last that does.
    pairs.manager = manager
    return originals.timed(pairs), 2


if __name__ == "__main__":
    sys.exit(originals.main(demonstrate, {"dict": set_and_get}))
