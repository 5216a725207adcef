# SPDX-License-Identifier: MIT
"""crew.py - threads that wait between measurements, as those of C do."""
import threading

import originals


class Crew:
    """`count` threads that call work(share) once a run, at the same time."""

    def __init__(self, count, work):
        self.work = work
        self.share = 0
        self.begin = [threading.Semaphore(0) for _ in range(count)]
        self.ended = threading.Semaphore(0)
        for begin in self.begin:
            thread = threading.Thread(target=self.serve, args=(begin,))
            thread.daemon = True
            thread.start()

    def serve(self, begin):
        while True:
            begin.acquire()
            self.work(self.share)
            self.ended.release()

    def go(self, share):
        self.share = share
        for begin in self.begin:
            begin.release()

    def wait(self):
        for _ in self.begin:
            self.ended.acquire()

    def run(self, count):
        """Each does its share of `count`; the time until the last is done."""
        begin = originals.clock()
        self.go(count // len(self.begin))
        self.wait()
        return originals.clock() - begin
