# SPDX-License-Identifier: Apache-2.0 OR MIT
"""The systems that are compared: which file each takes, and the command that runs it."""
import dataclasses
import pathlib
import shutil

HERE = pathlib.Path(__file__).resolve().parent


@dataclasses.dataclass(frozen=True)
class System:
    """One column of the tables."""

    name: str
    title: str    # For people.
    target: str   # Of guest/examples/build.py: the file that it takes.
    command: tuple
    slow: bool = False   # So slow that it takes part in some of the rounds only.
    small: bool = False  # So slow that it runs the small size, and is compared with native code that does the same.
    ours: bool = False
    compiles: bool = True  # Has a compiler whose time is of interest.


def ours(program):
    """Everything of this project; `program` is bench-programs."""

    def system(name, title, target, *words, **options):
        return System(name, title, target, (str(program), *words), ours=True, **options)

    def jit(name, title, metering, model, target="rv64"):
        return system(name, title, target, "process", "--metering", metering, "--gas-model", model)

    return [
        System("native-O2", "native, -O2", "native-O2", (str(program), "native"), compiles=False),
        System("native-O3", "native, -O3 AVX2", "native-O3", (str(program), "native"), compiles=False),
        jit("jit-none", "JIT, no metering", "none", "flat-1"),
        jit("jit-sync", "JIT, sync metering", "sync", "flat-1"),
        jit("jit-async", "JIT, async metering", "async", "flat-1"),
        jit("jit-pipeline", "JIT, sync, pipeline gas", "sync", "pipeline-1"),
        jit("jit-rv32", "JIT, sync metering, 32-bit", "sync", "flat-1", "rv32"),
        jit("jit-plain", "JIT, sync, no linker optimisation", "sync", "flat-1", "rv64-plain"),
        system("in-process", "JIT in process, sync", "rv64", "in-process", "--metering", "sync"),
        system("interpreter", "interpreter, sync metering", "rv64", "interpreter", "--metering", "sync", slow=True, compiles=False),
        system("ref", "reference interpreter", "rv64", "ref", "--metering", "sync", slow=True, small=True, compiles=False),
    ]


def v8():
    """WebAssembly in Node, where there is Node."""
    node = shutil.which("node")
    if not node:
        return []
    script = str(HERE / "wasm_peer.mjs")
    # Without the last option hot functions would still move up to the optimizing tier.
    baseline = (node, "--liftoff", "--no-wasm-tier-up", "--no-wasm-dynamic-tiering", "--no-wasm-lazy-compilation", script)
    optimizing = (node, "--no-liftoff", "--no-wasm-lazy-compilation", script)
    return [
        System("v8-liftoff", "wasm: V8 Liftoff", "wasm", baseline),
        System("v8-turbofan", "wasm: V8 TurboFan", "wasm", optimizing),
        System("v8-simd", "wasm with SIMD: V8 TurboFan", "wasm-simd", optimizing),
    ]


OPTIONAL = ("jit-rv32", "jit-plain", "in-process", "v8-simd")


def peer(text):
    """A system of `--peer NAME[:TARGET]=COMMAND`. ValueError if it is not of that form."""
    name, equals, command = text.partition("=")
    name, _, target = name.partition(":")
    if not name or not equals or not command:
        raise ValueError(f"--peer {text}: it must be NAME=COMMAND, or NAME:TARGET=COMMAND")
    return System(name, name, target or "rv64", (command,))
