#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Tests of bench/programs: the driver with real and with misbehaving peers, and what it makes of known figures.

usage: bench_test.py BENCH_PROGRAMS PVM EXAMPLES_DIR
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "bench" / "programs"))

import report  # noqa: E402
import sizes  # noqa: E402
import svg  # noqa: E402
import systems  # noqa: E402
from peers import Peer, PeerError  # noqa: E402

# Answers every request with the line that is its argument.
PARROT = "import sys\nfor line in sys.stdin: print(sys.argv[1], flush=True)"
program, pvm, examples = sys.argv[1:4] if len(sys.argv) > 3 else ("", "", "")


def parrot(line):
    return [sys.executable, "-c", PARROT, line]


class Driver(unittest.TestCase):
    def run_bench(self, *words):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.out = pathlib.Path(folder.name)
        command = [sys.executable, ROOT / "bench" / "programs" / "bench.py", "--program", program, "--pvm", pvm, "--examples", examples,
                   "--out", self.out, "--quick", "--rounds", "1", "--only", "minimal,nqueens", *words]
        return subprocess.run(command, capture_output=True, text=True)

    def test_writes_figures_tables_and_plots(self):
        done = self.run_bench("--systems", "native-O2,jit-sync,interpreter,ref")
        self.assertEqual(done.returncode, 0, done.stderr)
        data = json.loads((self.out / "programs.json").read_text())
        self.assertEqual(sorted(data["programs"]), ["minimal", "nqueens"])
        figures = data["programs"]["nqueens"]
        self.assertEqual(sorted(figures), ["interpreter", "jit-sync", "native-O2", "native-O3", "ref"])
        self.assertEqual(len(figures["jit-sync"]["ns"]), 1)
        self.assertGreater(figures["jit-sync"]["instructions"], 20)
        self.assertEqual(len(figures["jit-sync"]["compile_ns"]), 3)
        self.assertEqual(len(figures["jit-sync"]["start_ns"]), 1)
        self.assertEqual(len(figures["ref"]["small_ns"]), 1)
        plots = sorted(path.name for path in self.out.glob("*.svg"))
        self.assertEqual(plots, ["compilation.svg", "run-time.svg", "sizes.svg", "summary.svg"])
        for name in plots:
            xml.etree.ElementTree.fromstring((self.out / name).read_text())
        self.assertIn("| nqueens | ", (self.out / "programs.md").read_text())

    def test_a_peer_that_is_wrong_is_said_and_fails_the_run(self):
        answer = json.dumps({"ok": True, "result": "0x0000000000000001", "ns": [5]})
        command = f"python3 -c '{PARROT}' '{answer}'"
        done = self.run_bench("--systems", "native-O2", "--peer", f"liar={command}")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("nqueens on liar: FAILED: bench(7) gave 0x0000000000000001", done.stderr)
        self.assertIn("failed", (self.out / "programs.md").read_text())

    def test_a_peer_that_is_not_there_is_left_out(self):
        done = self.run_bench("--systems", "native-O2", "--peer", "nobody=/nowhere/nobody")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("nobody is left out", done.stderr)

    def test_bad_usage(self):
        for words in (["--systems", "abacus"], ["--only", "tetris"], ["--peer", "nameless"], ["--peer", "x:y=z"]):
            done = self.run_bench(*words)
            self.assertEqual((done.returncode, done.stderr.count("\n")), (2, 1), done.stderr)


class Peers(unittest.TestCase):
    def fault(self, command, timeout=20.0):
        with self.assertRaises(PeerError) as caught, Peer(command, timeout) as peer:
            peer.run(1, 2)
        return str(caught.exception)

    def test_answers(self):
        with Peer(parrot('{"ok": true, "result": "0x1", "ns": [3, 4]}')) as peer:
            self.assertEqual(peer.run(1, 2), ("0x1", [3, 4]))

    def test_faults_are_told(self):
        self.assertEqual(self.fault(parrot('{"ok": false, "error": "out of gas"}')), "out of gas")
        self.assertIn("no JSON", self.fault(parrot("hello")))
        self.assertIn("no object", self.fault(parrot("[]")))
        self.assertIn("list of 2", self.fault(parrot('{"ok": true, "result": "0x1", "ns": [3]}')))
        self.assertIn("no answer", self.fault([sys.executable, "-c", "import time; time.sleep(9)"], 0.2))
        self.assertIn("ended: ouch", self.fault([sys.executable, "-c", "import sys; sys.exit('ouch')"]))
        self.assertIn("No such file", self.fault(["/nowhere/nobody"]))

    def test_names(self):
        self.assertEqual(systems.peer("wasmtime:wasm=run it --fast"), systems.System("wasmtime", "wasmtime", "wasm", ("run it --fast",)))
        self.assertEqual(systems.peer("other=x=y").target, "rv64")
        for text in ("=x", "x=", "x"):
            self.assertRaises(ValueError, systems.peer, text)


def data(programs):
    names = sorted({name for figures in programs.values() for name in figures})
    return {"programs": programs, "sizes": {program: {"blob": 50, "wasm": 100} for program in programs},
            "systems": [{"name": name, "title": name, "small": name == "ref", "compiles": True, "peer": False} for name in names]}


class Figures(unittest.TestCase):
    def test_ratios_and_means(self):
        result = report.Report(data({
            "a": {"native-O3": {"ns": [100, 90, 300], "small_ns": [10]}, "jit-sync": {"ns": [200]}, "ref": {"small_ns": [50]}},
            "b": {"native-O3": {"ns": [100]}, "jit-sync": {"ns": [800]}},
            "c": {"native-O3": {"ns": [100]}, "jit-sync": {"ns": [1], "error": "wrong"}},
        }))
        self.assertEqual(result.ratio("a", "jit-sync"), 2.0)  # Of medians.
        self.assertEqual(result.ratio("a", "ref"), 5.0)       # Of the small size.
        self.assertAlmostEqual(result.mean_ratio("jit-sync"), 4.0)
        self.assertIn("| c | 0.0 | failed |", result.run_times())
        self.assertIn("above 2.0 times native: b 8.00.", result.findings())
        self.assertIn("- FAILED: c on jit-sync: wrong", result.findings())

    def test_compilation(self):
        result = report.Report(data({
            "a": {"jit-sync": {"compile_ns": [3000], "instructions": 100, "native_bytes": 600}},
            "b": {"jit-sync": {"compile_ns": [9000], "instructions": 300, "native_bytes": 1800}},
        }))
        self.assertEqual(result.compile_ns_per_instruction("jit-sync"), 30.0)
        self.assertEqual(result.total_compile_ms("jit-sync"), 0.012)

    def test_sizes_of_an_elf_file(self):
        elf = pathlib.Path(examples) / "minimal" / "rv64.elf"
        held, zero = sizes.elf_bytes(elf)
        self.assertTrue(2 <= held <= 64 and zero == 0, (held, zero))


class Plots(unittest.TestCase):
    def test_axis_holds_all_values(self):
        for values in ([1.0], [0.3, 7.0], [0.01, 2000.0], [5.0, 5.0]):
            low, high = svg.bounds(values, 1)
            self.assertTrue(low < min(values) and high > max(values), (low, high))

    def test_text_is_escaped(self):
        text = svg.bars("a < b", "& so on", ["row"], ["<x>"], {"row": {"<x>": 2.0}}, 1)
        xml.etree.ElementTree.fromstring(text)

    def test_nothing_to_show(self):
        self.assertIsNone(svg.bars("t", "s", ["row"], ["x"], {"row": {"x": None}}))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
