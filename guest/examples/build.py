#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Builds the example programs for every target: natively, as WebAssembly, and as PVM programs.

usage: build.py [--out DIR] [--pvm COMMAND] [--targets LIST] [--only NAMES] [--jobs N] [--list]

  --out DIR       where everything goes (default: build/examples); NAME/TARGET.SUFFIX below it
  --pvm COMMAND   the command `pvm`, for the targets that need its linker (default: build/release/bin/pvm)
  --targets LIST  comma-separated, of those below (default: all; those of pvm only where the command is there)
  --only NAMES    comma-separated programs (default: all)
  --list          print the programs' names

targets: native-O2, native-O3    shared objects with `bench`, -O3 for x86-64-v3 (AVX2) on amd64
         wasm, wasm-simd         WebAssembly that exports `bench` and imports nothing; without and with vector instructions
         rv64, rv32              PVM programs from NAME/rv64.elf, which is linked with its relocations, stripped
         rv64-plain, rv32-plain  the same without any pass of pvm's optimiser
         wasm-small, rv64-small  compiled with -Os instead of -O3

What is up to date, by a digest of the sources and the commands, is not made again. Needs clang, ld.lld and wasm-ld 19 (Debian: clang-19,
lld-19), nothing else. As a module: build() makes the files and gives their paths.
"""
import argparse
import concurrent.futures
import hashlib
import json
import os
import pathlib
import platform
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PVM_TARGETS = ["rv64", "rv32", "rv64-plain", "rv32-plain", "rv64-small"]
TARGETS = ["native-O2", "native-O3", "wasm", "wasm-simd", "wasm-small"] + PVM_TARGETS

COMMON = ["-O3", "-ffunction-sections", "-fdata-sections", "-Wall", "-Wextra", "-Werror"]
FREESTANDING = ["-ffreestanding", "-fbuiltin", "-fno-exceptions", "-fno-rtti", "-fno-stack-protector"]
WASM = ["--target=wasm32-unknown-unknown", "-mbulk-memory", "-msign-ext", "-mmutable-globals", "-fvisibility=hidden"]
# As guest/pvm-cc has them, and why.
RISCV = {
    "rv64": ["--target=riscv64-unknown-none-elf", "-march=rv64emac_zbb_xtheadcondmov", "-mabi=lp64e", "-mno-strict-align",
             "-mtune=xiangshan-nanhu"],
    "rv32": ["--target=riscv32-unknown-none-elf", "-march=rv32emac_zbb_xtheadcondmov", "-mabi=ilp32e", "-mno-strict-align",
             "-mtune=syntacore-scr3-rv32"],
}


class BuildError(Exception):
    """A command failed; the text is what it said."""


def programs():
    """The names of the programs with a `bench`, sorted."""
    sources = (path for path in HERE.glob("*/*.c*") if path.stem == path.parent.name)
    return sorted(path.stem for path in sources if '"../bench.h"' in path.read_text())


def elf_of(target):
    """Name of the ELF file that a PVM program is linked from."""
    return target.removesuffix("-plain")


def tool(name):
    """The command of that name in version 19, or in whatever version there is."""
    return shutil.which(f"{name}-19") or shutil.which(name) or f"{name}-19"


def source_of(name):
    return next(path for path in (HERE / name / f"{name}.c", HERE / name / f"{name}.cpp") if path.exists())


def language_flags(source, freestanding):
    flags = ["-std=c++20"] if source.suffix == ".cpp" else ["-std=c11"]
    if not freestanding:
        return flags + (["-fno-exceptions", "-fno-rtti"] if source.suffix == ".cpp" else [])
    dropped = () if source.suffix == ".cpp" else ("-fno-rtti",)
    return flags + [flag for flag in FREESTANDING if flag not in dropped]


def run(command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise BuildError(" ".join(str(word) for word in command) + "\n" + done.stdout + done.stderr)


class Step:
    """One file and the commands that make it, skipped when the record beside it says that nothing has changed."""

    def __init__(self, output, inputs, commands):
        self.output, self.commands = output, commands
        digest = hashlib.sha256(json.dumps([[str(word) for word in command] for command in commands]).encode())
        for path in inputs:
            digest.update(hashlib.sha256(pathlib.Path(path).read_bytes()).digest())
        self.key = digest.hexdigest()

    def make(self):
        record = self.output.with_name(self.output.name + ".made")
        if self.output.exists() and record.exists() and record.read_text() == self.key:
            return
        record.unlink(missing_ok=True)
        for command in self.commands:
            run(command)
        record.write_text(self.key)


class Builder:
    """The recipes for one program."""

    def __init__(self, name, out, pvm):
        self.name, self.folder, self.pvm = name, out / name, pvm
        self.folder.mkdir(parents=True, exist_ok=True)
        self.source = source_of(name)
        self.include = []
        self.inputs = [self.source, HERE / "bench.h", HERE / "freestanding.c", *sorted((ROOT / "guest" / "include").rglob("*.h"))]
        generator = HERE / name / "generate.py"
        if generator.exists():
            text = subprocess.run([sys.executable, str(generator)], check=True, capture_output=True, text=True).stdout
            parser = self.folder / "parser.inc"
            if not parser.exists() or parser.read_text() != text:
                parser.write_text(text)
            self.include = ["-I", str(self.folder)]
            self.inputs.append(parser)

    def compile(self, source, output, flags, freestanding):
        compiler = tool("clang++" if source.suffix == ".cpp" else "clang")
        return [compiler, *language_flags(source, freestanding), *COMMON, *self.include, *flags, "-c", source, "-o", output]

    def native(self, target):
        level = "-" + target.split("-")[1]
        flags = [level, "-fPIC", "-fvisibility=hidden"]
        if level == "-O3" and platform.machine() in ("x86_64", "AMD64"):
            flags.append("-march=x86-64-v3")
        output, item = self.folder / f"{target}.so", self.folder / f"{target}.o"
        return Step(output, self.inputs, [self.compile(self.source, item, flags, False), [tool("clang"), "-shared", "-o", output, item]])

    def wasm(self, target):
        flags = WASM + {"wasm-simd": ["-msimd128"], "wasm-small": ["-Os"]}.get(target, [])
        output, item, library = (self.folder / f"{target}{suffix}" for suffix in (".wasm", ".o", "-library.o"))
        return Step(output, self.inputs, [
            self.compile(self.source, item, flags, True),
            self.compile(HERE / "freestanding.c", library, flags + ["-fno-builtin"], True),
            [tool("wasm-ld"), "--no-entry", "--gc-sections", "--strip-all", "-z", "stack-size=65536", "-o", output, item, library],
        ])

    def elf(self, variant):
        width, _, kind = variant.partition("-")
        flags = RISCV[width] + (["-Os"] if kind == "small" else []) + ["-I", ROOT / "guest" / "include"]
        output, item, library = (self.folder / f"{variant}{suffix}" for suffix in (".elf", ".o", "-library.o"))
        return Step(output, self.inputs, [
            self.compile(self.source, item, flags, True),
            self.compile(HERE / "freestanding.c", library, flags + ["-fno-builtin"], True),
            [tool("ld.lld"), "--emit-relocs", "--gc-sections", "--unique", "-e", "bench", "-o", output, item, library],
        ])

    def pvm_program(self, target):
        elf, output = self.folder / f"{elf_of(target)}.elf", self.folder / f"{target}.pvm"
        options = ["-O", "0"] if target.endswith("-plain") else []
        return Step(output, [elf, *([self.pvm] if pathlib.Path(self.pvm).exists() else [])],
                    [[self.pvm, "link", elf, "-o", output, "--strip", *options]])

    def make(self, target):
        """Makes the target's file and gives its path."""
        if target in PVM_TARGETS:
            self.elf(elf_of(target)).make()
            step = self.pvm_program(target)
        else:
            step = self.wasm(target) if target.startswith("wasm") else self.native(target)
        step.make()
        return step.output


def build_one(name, targets, out, pvm):
    builder = Builder(name, out, pvm)
    return name, {target: builder.make(target) for target in targets}


def build(names=None, targets=None, out=ROOT / "build" / "examples", pvm=None, jobs=None, note=None):
    """Makes the files: {name: {target: path}}. Raises BuildError."""
    pvm = str(pvm or ROOT / "build" / "release" / "bin" / "pvm")
    if targets is None:
        targets = [target for target in TARGETS if target not in PVM_TARGETS or os.access(pvm, os.X_OK)]
    made = {}
    with concurrent.futures.ThreadPoolExecutor(jobs or os.cpu_count()) as pool:
        work = [pool.submit(build_one, name, targets, pathlib.Path(out), pvm) for name in names or programs()]
        for done in concurrent.futures.as_completed(work):
            name, files = done.result()
            made[name] = files
            if note:
                note(f"{len(made)}/{len(work)} {name}")
    return dict(sorted(made.items()))


def main():
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("-h", "--help", action="store_true")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--out", default=ROOT / "build" / "examples", type=pathlib.Path)
    parser.add_argument("--pvm")
    parser.add_argument("--targets")
    parser.add_argument("--only")
    parser.add_argument("--jobs", type=int)
    options = parser.parse_args()
    if options.help:
        print(__doc__.strip())
        return 0
    if options.list:
        print("\n".join(programs()))
        return 0
    names = options.only.split(",") if options.only else None
    targets = options.targets.split(",") if options.targets else None
    for given, known, what in ((names, programs(), "program"), (targets, TARGETS, "target")):
        for word in given or []:
            if word not in known:
                print(f"build.py: no {what} '{word}'; there are: {', '.join(known)}", file=sys.stderr)
                return 2
    try:
        build(names, targets, options.out.resolve(), options.pvm, options.jobs, lambda text: print(text, file=sys.stderr))
    except BuildError as error:
        print(f"build.py: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
