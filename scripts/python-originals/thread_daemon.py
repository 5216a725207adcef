# SPDX-License-Identifier: MIT
"""Daemon and foreground threads, and a join that gives up."""
import subprocess
import sys
import threading

import originals
from originals import promise

# What each does is seen from outside: a program of its own that ends.
DAEMON = """
import threading, time
def work():
    time.sleep(60)
    print("thread ends", flush=True)
threading.Thread(target=work, daemon=True).start()
print("main ends", flush=True)
"""
FOREGROUND = """
import threading
def work():
    threading.main_thread().join()
    print("thread ends", flush=True)
threading.Thread(target=work).start()
print("main ends", flush=True)
"""
TIMED = """
import threading
allowed = threading.Event()
def work():
    allowed.wait()
    print("thread ends", flush=True)
thread = threading.Thread(target=work)
thread.start()
thread.join(0.05)
print("alive" if thread.is_alive() else "ended", flush=True)
allowed.set()
thread.join()
print("alive" if thread.is_alive() else "ended", flush=True)
"""


def seen(program):
    done = subprocess.run(
        [sys.executable, "-B", "-c", program],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout.split("\n")[:-1]


def demonstrate():
    for name, program, lines in (
        ("daemon", DAEMON, ["main ends"]),
        ("foreground", FOREGROUND, ["main ends", "thread ends"]),
        ("timed join", TIMED, ["alive", "thread ends", "ended"]),
    ):
        found = seen(program)
        print(f"{name}: {', '.join(found)}")
        promise(found == lines, f"{name}: {', '.join(lines)}")


def start_and_wait(count):
    """A daemon that is waited for, for a second at most."""
    for _ in range(count):
        thread = threading.Thread(target=int, daemon=True)
        thread.start()
        thread.join(1)


def peer():
    return originals.timed(start_and_wait), 1


if __name__ == "__main__":
    sys.exit(originals.main(demonstrate, {"daemon": peer}))
