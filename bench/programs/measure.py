# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Takes the figures: every system on every program, interleaved in random order."""
import random
import statistics
import sys
import time

from peers import Peer, PeerError

REFERENCE = "native-O3"


def note(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def open_peer(system):
    return Peer(system.command[0] if len(system.command) == 1 else system.command)


class Measurement:
    """One whole run. `figures` holds all that was measured: {program: {system: {...}}}."""

    def __init__(self, systems, files, expected, plan, seed):
        self.systems, self.files, self.expected, self.plan = systems, files, expected, plan
        self.random = random.Random(seed)
        self.figures = {program: {} for program in files}
        self.peers = {}

    def take(self):
        """All figures. Systems that can't be started are left out, and said."""
        try:
            for system in self.systems:
                self.start(system)
            order = self.shuffled(self.files)
            for number, program in enumerate(order, 1):
                begin = time.monotonic()
                self.program(program)
                note(f"{number}/{len(order)} {program}: {self.summary(program)} ({time.monotonic() - begin:.1f} s)")
        finally:
            for peer in self.peers.values():
                peer.close()
            self.peers = {}
        self.starts()
        return self.figures

    def shuffled(self, items):
        items = list(items)
        self.random.shuffle(items)
        return items

    def start(self, system):
        try:
            self.peers[system.name] = open_peer(system)
        except PeerError as error:
            note(f"{system.name} is left out: {error}")

    def fail(self, program, system, error):
        """A system that fails is out for this program, and is started anew for the next one."""
        note(f"{program} on {system.name}: FAILED: {error}")
        self.figures[program].setdefault(system.name, {})["error"] = str(error)
        self.peers.pop(system.name).close()
        self.start(system)

    def program(self, program):
        ready = []
        for system in self.shuffled(system for system in self.systems if system.name in self.peers):
            try:
                self.load(program, system)
                ready.append(system)
            except PeerError as error:
                self.fail(program, system, error)
        for number in range(self.plan["rounds"]):
            for system in self.shuffled(ready):
                if system.slow and number >= self.plan["slow_rounds"]:
                    continue
                try:
                    self.round(program, system)
                except PeerError as error:
                    ready.remove(system)
                    self.fail(program, system, error)

    def checked_run(self, program, system, size, times=1):
        case = self.expected[program][size]
        result, nanoseconds = self.peers[system.name].run(case["n"], times)
        if result != case["result"]:
            raise PeerError(f"bench({case['n']}) gave {result}; {case['result']} is right")
        return nanoseconds

    def load(self, program, system):
        times = self.plan["compilations"] if system.compiles else 1
        answer = self.peers[system.name].load(self.files[program][system.target], times)
        figures = {"ns": [], "small_ns": []}
        if system.compiles and answer.get("ns"):
            figures["compile_ns"] = answer["ns"]
        for key in ("instructions", "native_bytes"):
            if key in answer:
                figures[key] = answer[key]
        self.checked_run(program, system, "test")  # Warms up.
        self.figures[program][system.name] = figures

    def round(self, program, system):
        figures = self.figures[program][system.name]
        if system.small:
            figures["small_ns"] += self.checked_run(program, system, "test")
        else:
            figures["ns"] += self.checked_run(program, system, "bench")
        if system.name == REFERENCE:
            figures["small_ns"] += self.checked_run(program, system, "test", 9)

    def summary(self, program):
        """A line of progress: the ratios to native so far."""
        figures = self.figures[program]
        base = figures.get(REFERENCE, {}).get("ns")
        if not base:
            return "no native time"
        words = [f"native {statistics.median(base) / 1e6:.1f} ms"]
        for system in self.systems:
            times = figures.get(system.name, {}).get("ns")
            if times and system.name != REFERENCE:
                words.append(f"{system.name} {statistics.median(times) / statistics.median(base):.2f}")
        return ", ".join(words)

    def starts(self):
        """From the start of a process to its first result, of the small size."""
        pairs = [(program, system) for program in self.files for system in self.systems if not system.small]
        pairs *= self.plan["starts"]
        note(f"{len(pairs)} starts of processes")
        for program, system in self.shuffled(pairs):
            figures = self.figures[program].get(system.name)
            if figures is None or "error" in figures:
                continue
            case = self.expected[program]["test"]
            try:
                begin = time.perf_counter_ns()
                with open_peer(system) as peer:
                    peer.load(self.files[program][system.target])
                    peer.run(case["n"])
                    figures.setdefault("start_ns", []).append(time.perf_counter_ns() - begin)
            except PeerError as error:
                figures["error"] = f"a new process: {error}"
                note(f"{program} on {system.name}: FAILED: {figures['error']}")
