#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Every RISC-V instruction computes what the manual says, on every back end, optimised by the linker or not.

usage: check.py --program PATH --pvm PATH --out DIR

  --program PATH  bench-programs
  --pvm PATH      the command pvm
  --out DIR       where the programs are made

Exit code: 0, 1 if an instruction is wrong, 2 if the programs can't be made.
"""
import argparse
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "bench" / "programs")]

from generate import describe, generate  # noqa: E402
from peers import Peer, PeerError  # noqa: E402

BACK_ENDS = ["ref", "interpreter", "in-process", "process"]
EXTENSIONS = "emac_zba_zbb_zbs_zicond_xtheadcondmov"


def make(bits, is_compressed, options):
    """The programs of one machine: name and path, for each level of the linker."""
    name = f"rv{bits}{'c' if is_compressed else ''}"
    source, item = options.out / f"{name}.s", options.out / f"{name}.o"
    source.write_text(generate(bits, is_compressed))
    clang = shutil.which("clang-19") or "clang"
    subprocess.run([clang, f"--target=riscv{bits}-unknown-none-elf", f"-march=rv{bits}{EXTENSIONS}",
                    f"-mabi={'lp64e' if bits == 64 else 'ilp32e'}", "-c", source, "-o", item], check=True)
    for level in "012":
        program = options.out / f"{name}-{level}.pvm"
        subprocess.run([options.pvm, "link", item, "-O", level, "-o", program], check=True)
        yield f"{name}, linker -O {level}", (bits, is_compressed), program


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--program", required=True)
    parser.add_argument("--pvm", required=True)
    parser.add_argument("--out", required=True, type=pathlib.Path)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    try:
        programs = [program for bits in (64, 32) for is_compressed in (True, False) for program in make(bits, is_compressed, options)]
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"check.py: {error}", file=sys.stderr)
        return 2
    faults = 0
    for back_end in BACK_ENDS:
        with Peer([options.program, back_end]) as peer:
            for name, machine, program in programs:
                try:
                    peer.load(program)
                    result, _ = peer.run(0)
                    fault = "" if int(result, 0) == 0 else f"case {result}: {describe(*machine, int(result, 0))}"
                except PeerError as error:
                    fault = str(error)
                if fault:
                    faults += 1
                    print(f"FAILED {back_end}, {name}: {fault}")
    print(f"{len(programs)} programs on {len(BACK_ENDS)} back ends: {faults} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
