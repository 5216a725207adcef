# SPDX-License-Identifier: MIT
"""originals.py - what the programs of this folder share.

Run alone, a program does what the tutorial does with its construct, prints
it, and checks what the construct promises: status 0, or 1 with one line.

With --serve [WHAT [ARGUMENT...]] it is a peer that is measured.  It says on
standard output, a line each

    ready PORTION PU     operations come in multiples of PORTION; the only PU
                         that it may run on, or -1
    absent REASON        it cannot be had here
    error REASON         something went wrong; it ends

and then answers each line N of standard input with the nanoseconds that N
operations took, until the input ends.  The clock is time.perf_counter_ns,
read right before the first operation and right after the last.
"""
import ctypes
import os
import signal
import sys
import time

PR_SET_PDEATHSIG = 1
MOST_OPERATIONS = 1 << 40

clock = time.perf_counter_ns


class Absent(Exception):
    """Why the construct cannot be had here."""


class Broken(Exception):
    """A promise that was not kept."""


def promise(kept, what):
    """Ends the program with one line where a promise was not kept."""
    if not kept:
        raise Broken(f"not kept: {what}")


def need(module, package):
    """Imports a module that Debian has in a package of its own."""
    try:
        return __import__(module, fromlist=["_"])
    except ImportError:
        raise Absent(f"Python has no {module} here (Debian: {package})")


def timed(operation):
    """A measured peer: `operation(count)` does nothing else than count."""

    def run(count):
        begin = clock()
        operation(count)
        return clock() - begin

    return run


def die_with_parent():
    """A process that is started here never outlives who started it."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def only_pu():
    pus = os.sched_getaffinity(0)
    return pus.pop() if len(pus) == 1 else -1


def say(text):
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def read_count(line, portion):
    text = line.strip()
    if not text.isascii() or not text.isdigit() or len(text) > 13:
        raise ValueError(f"{text[:40]!r} is no number of operations")
    count = int(text)
    if not 0 < count <= MOST_OPERATIONS or count % portion:
        raise ValueError(f"{count} operations, not a multiple of {portion}")
    return count


def serve(run, portion):
    say(f"ready {portion} {only_pu()}")
    for line in sys.stdin:
        say(str(run(read_count(line, portion))))


def one_line(error):
    text = " ".join(str(error).split())
    return text or type(error).__name__


def serve_named(peers, arguments):
    """`peers`: WHAT -> a function that returns run and portion."""
    die_with_parent()
    os.register_at_fork(after_in_child=die_with_parent)
    what = arguments[0] if arguments else next(iter(peers))
    try:
        if what not in peers:
            raise ValueError(f"no {what!r}, but {', '.join(peers)}")
        serve(*peers[what](*arguments[1:]))
    except Absent as error:
        say(f"absent {one_line(error)}")
    except Exception as error:
        say(f"error {one_line(error)}")
        return 1
    return 0


def main(demonstrate, peers):
    """What every program ends with."""
    name = os.path.basename(sys.argv[0])
    if sys.argv[1:2] == ["--serve"]:
        return serve_named(peers, sys.argv[2:])
    if sys.argv[1:]:
        asked = sys.argv[1:] == ["--help"]
        usage = f"usage: {name} [--serve [{'|'.join(peers)}]]"
        print(usage, file=sys.stdout if asked else sys.stderr)
        return 0 if asked else 2
    try:
        demonstrate()
    except Absent as error:
        print(f"{name}: skipped: {error}", file=sys.stderr)
        return 77
    except Exception as error:
        print(f"{name}: {one_line(error)}", file=sys.stderr)
        return 1
    return 0
