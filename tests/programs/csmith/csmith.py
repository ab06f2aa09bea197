#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Random C programs give the same checksums natively and as PVM programs.

usage: csmith.py [--count N] [--seed N] [--jobs N] [--pvm PATH] [--keep DIR] [--minutes N]

  --count N     how many programs (default: 300)
  --seed N      seed of the first; the others follow (default: 1)
  --jobs N      at the same time (default: one per processor)
  --pvm PATH    the command pvm (default: build/release/bin/pvm)
  --keep DIR    where the sources of failures go (default: build/release/reports/csmith)
  --minutes N   start no more programs after this time (default: no limit)

Each program comes from csmith (integers only), is compiled by the host's C compiler, and by guest/pvm-cc for 64 and 32 bits at -O0 to -O3; the
linker optimises, and once more doesn't. Every one runs in a worker process, in process and on the interpreter. The 64-bit programs must
print what the native one prints. A 32-bit program has another `long`, so that its reference is its own -O0, unoptimised by the linker, on the
interpreter. A program that takes too long natively is left out and counted.

Exit code: 0, 1 if a program failed, 2 if something needed is missing.
"""
import argparse
import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
HERE = pathlib.Path(__file__).resolve().parent
RUNTIME = next((path for path in ("/usr/include/csmith", "/usr/include/csmith-2.3.0") if pathlib.Path(path).is_dir()), "")
BACK_ENDS = ["process", "in-process", "interpreter"]
SHAPE = ["--no-float", "--max-funcs", "6", "--max-block-depth", "3", "--max-expr-complexity", "6", "--no-argc"]
NATIVE_SECONDS, GUEST_SECONDS = 1, 120


class Fault(Exception):
    """What is wrong with one program."""


def run(command, seconds, folder=None):
    """What a command prints, run in a folder. Fault: it fails or takes too long."""
    words = [str(word) for word in command]
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=seconds, check=False, cwd=folder)
    except subprocess.TimeoutExpired:
        raise Fault(f"takes over {seconds} s: {' '.join(words)}") from None
    if done.returncode != 0:
        raise Fault(f"exit code {done.returncode}: {' '.join(words)}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def native_result(source, folder):
    """What the native program prints; None if it takes too long."""
    program = folder / "native"
    run([os.environ.get("CC", "cc"), "-w", "-O1", "-I", RUNTIME, source, "-o", program], 120)
    try:
        return run([program], NATIVE_SECONDS)
    except Fault as fault:
        if str(fault).startswith("takes over"):
            return None
        raise


def guest_programs(source, folder, pvm, bits):
    """Makes the variants of a guest, the plainest first: name and path of each."""
    for level, link_level in (("-O0", "0"), ("-O0", "2"), ("-O1", "2"), ("-O2", "2"), ("-O2", "0"), ("-O3", "2")):
        program = folder / f"guest{bits}{level}-link{link_level}.pvm"
        run([ROOT / "guest" / "pvm-cc", f"--{bits}", level, "-w", "-I", RUNTIME, "-I", HERE / "include", "--stack-size", "4000000",
             "--link", "-O", "--link", link_level, source, "-o", program], 300)
        yield f"{bits} bits, {level}, linker -O {link_level}", program


def check(seed, pvm, keep):
    """Checks one program: "passed", "left out", or a text that begins with FAILED."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        source = folder / f"seed-{seed}.c"
        try:
            # csmith leaves a file where it runs.
            source.write_text(run(["csmith", "--seed", seed, *SHAPE], 60, folder))
            expected = native_result(source, folder)
            if expected is None:
                return "left out"
            for bits in (64, 32):
                compare(source, folder, pvm, bits, expected if bits == 64 else None)
        except Fault as fault:
            keep.mkdir(parents=True, exist_ok=True)
            if source.exists():
                shutil.copy(source, keep)
            return f"FAILED seed {seed}: {fault}"
    return "passed"


def compare(source, folder, pvm, bits, expected):
    for what, program in guest_programs(source, folder, pvm, bits):
        for back_end in BACK_ENDS if expected is not None else ["interpreter", *BACK_ENDS]:
            result = run([pvm, "run", "--isolation", back_end, program], GUEST_SECONDS)
            expected = expected or result
            if result != expected:
                raise Fault(f"{what}, {back_end}: {result.strip()!r} instead of {expected.strip()!r}")


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--pvm", type=pathlib.Path, default=ROOT / "build/release/bin/pvm")
    parser.add_argument("--keep", type=pathlib.Path, default=ROOT / "build/release/reports/csmith")
    parser.add_argument("--minutes", type=float, default=float("inf"))
    options = parser.parse_args()
    if not RUNTIME or not shutil.which("csmith"):
        print("csmith.py: no csmith or no headers of it: install them (Debian: apt install csmith libcsmith-dev)", file=sys.stderr)
        return 2
    if not options.pvm.exists():
        print(f"csmith.py: {options.pvm}: no such program; build it: ./dev build pvm", file=sys.stderr)
        return 2
    os.environ["PVM"] = str(options.pvm.resolve())
    deadline = time.monotonic() + 60 * options.minutes
    counts = {"passed": 0, "left out": 0, "FAILED": 0, "not started": 0}

    def one(seed):
        return check(seed, options.pvm.resolve(), options.keep) if time.monotonic() < deadline else "not started"

    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for verdict in pool.map(one, range(options.seed, options.seed + options.count)):
            counts[verdict if verdict in counts else "FAILED"] += 1
            if verdict.startswith("FAILED"):
                print(verdict, flush=True)
    print(", ".join(f"{count} {what.lower()}" for what, count in counts.items()) + f"; seeds {options.seed} to {options.seed + options.count - 1}")
    if counts["FAILED"]:
        print(f"sources: {options.keep}")
    return 1 if counts["FAILED"] or not counts["passed"] else 0


if __name__ == "__main__":
    sys.exit(main())
