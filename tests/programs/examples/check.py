#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Every example program gives its expected result on a back end.

usage: check.py --program PATH --pvm PATH --examples DIR BACK_END TARGET...

  --program PATH    bench-programs
  --pvm PATH        the command pvm
  --examples DIR    where the programs are built
  BACK_END          build (builds and does no more), native, wasm, ref, interpreter, in-process, process
  TARGET            which files of guest/examples/build.py

Exit code: 0, 1 if any result is wrong, 2 if the programs can't be built or the back end not be started.
"""
import argparse
import json
import pathlib
import shutil
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "guest" / "examples"), str(ROOT / "bench" / "programs")]

import build  # noqa: E402
from peers import Peer, PeerError  # noqa: E402

METERINGS = {"native": [[]], "wasm": [[]], "ref": [["--metering", "sync"]]}
ALL_METERINGS = [["--metering", "none"], ["--metering", "sync"], ["--metering", "async"],
                 ["--metering", "sync", "--gas-model", "pipeline-1"]]


def commands(program, back_end):
    """The command of the back end, once for each way of metering."""
    if back_end == "wasm":
        return [[shutil.which("node") or "node", str(ROOT / "bench" / "programs" / "wasm_peer.mjs")]]
    return [[program, back_end, *words] for words in METERINGS.get(back_end, ALL_METERINGS)]


def check(peer, files, expected, what):
    """Runs all programs twice; gives the number of faults."""
    faults = 0
    for name, made in files.items():
        for target, path in made.items():
            case = expected[name]["test"]
            try:
                peer.load(path)
                # Twice: nothing may be left over from the first call.
                results = {peer.run(case["n"])[0] for _ in range(2)}
                given = " and ".join(sorted(results))
                fault = "" if given == case["result"] else f"bench({case['n']}) gave {given}, not {case['result']}"
            except PeerError as error:
                fault = str(error)
            if fault:
                faults += 1
                print(f"FAILED {name}, {target}, {what}: {fault}")
    return faults


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--program", required=True)
    parser.add_argument("--pvm")
    parser.add_argument("--examples", required=True, type=pathlib.Path)
    parser.add_argument("back_end")
    parser.add_argument("targets", nargs="+")
    options = parser.parse_args()
    expected = json.loads((ROOT / "guest" / "examples" / "expected.json").read_text())
    try:
        files = build.build(None, options.targets, options.examples, options.pvm)
    except build.BuildError as error:
        print(f"check.py: {error}", file=sys.stderr)
        return 2
    if sorted(files) != sorted(expected):
        print(f"FAILED: expected.json must name just the programs: {sorted(set(files) ^ set(expected))}")
        return 1
    if options.back_end == "build":
        return 0
    faults = 0
    for command in commands(options.program, options.back_end):
        with Peer(command) as peer:
            faults += check(peer, files, expected, " ".join(command[1:]))
    print(f"{len(files)} programs, {len(options.targets)} targets on {options.back_end}: {faults} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
