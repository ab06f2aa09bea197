#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Measures the example programs on everything that can run them, side by side, and writes tables and plots.

usage: bench.py [--quick] [--program PATH] [--pvm PATH] [--peer NAME[:TARGET]=COMMAND]... [--systems LIST] [--only LIST]
                [--rounds N] [--seed N] [--out DIR] [--examples DIR] [--report FILE.json]

  --quick           few rounds, one to two minutes, into build/bench/reports/programs; a full run takes about ten, into docs/benchmarks
  --program PATH    bench-programs (default: build/release/bin/bench-programs)
  --pvm PATH        the command pvm, which links the programs (default: build/release/bin/pvm)
  --peer ...        one more system: a command that talks the protocol of docs/benchmark-peers.md; TARGET says which file it takes
                    (default: rv64; guest/examples/build.py --help lists them); may be repeated
  --systems LIST    comma-separated names of what takes part; +NAME adds one that doesn't by itself, -NAME leaves one out
  --only LIST       comma-separated programs
  --rounds N        how often each runs each program
  --seed N          of the random order
  --out DIR         where programs.json, programs.md and the plots go
  --examples DIR    where the programs are built (default: build/examples)
  --report FILE     measures nothing: makes tables and plots of the figures in FILE

Progress goes to standard error, the summary to standard output. Exit code: 0, 1 if any system failed on any program, 2 for bad usage.
"""
import argparse
import datetime
import json
import os
import pathlib
import platform
import shlex
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(HERE), str(ROOT / "guest" / "examples")]

import build  # noqa: E402
import measure  # noqa: E402
import report  # noqa: E402
import sizes  # noqa: E402
import systems  # noqa: E402

# Options that say where something is on this machine; the page doesn't repeat them.
PATHS = ("--program", "--pvm", "--out", "--examples")
FULL = {"rounds": 9, "slow_rounds": 3, "compilations": 15, "starts": 3}
QUICK = {"rounds": 2, "slow_rounds": 1, "compilations": 3, "starts": 1}


def output_of(*command):
    """The first line that a command prints, or "-"."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[0].strip()
    except (OSError, subprocess.CalledProcessError, IndexError):
        return "-"


def machine():
    processor = "-"
    if pathlib.Path("/proc/cpuinfo").exists():
        names = [line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo", encoding="utf-8") if line.startswith("model name")]
        processor = names[0] if names else "-"
    return {"processor": processor, "processors": os.cpu_count(), "kernel": f"{platform.system()} {platform.release()}",
            "load": " ".join(f"{load:.2f}" for load in os.getloadavg()), "clang": output_of(build.tool("clang"), "--version"),
            "node": output_of("node", "--version")}


def chosen_systems(options):
    """Those that take part. ValueError for a name that there is not."""
    known = systems.ours(options.program) + systems.v8()
    peers = [systems.peer(text) for text in options.peer]
    names = {system.name for system in known + peers}
    wanted = {system.name for system in known if system.name not in systems.OPTIONAL} | {system.name for system in peers}
    words = options.systems.split(",") if options.systems else []
    if words and not words[0].startswith(("+", "-")):
        wanted = {measure.REFERENCE} | {system.name for system in peers}
    for word in words:
        name = word.lstrip("+-")
        if name not in names:
            raise ValueError(f"no system '{name}'; there are: {', '.join(sorted(names))}")
        wanted = wanted - {name} if word.startswith("-") else wanted | {name}
    for system in peers:
        if system.target not in build.TARGETS:
            raise ValueError(f"no target '{system.target}'; there are: {', '.join(build.TARGETS)}")
    return [system for system in known + peers if system.name in wanted], {system.name for system in peers}


def take(options):
    """Builds, measures, and gives all data of the run."""
    taking_part, peers = chosen_systems(options)
    expected = json.loads((ROOT / "guest" / "examples" / "expected.json").read_text())
    names = options.only.split(",") if options.only else build.programs()
    for name in names:
        if name not in expected:
            raise ValueError(f"no program '{name}'; there are: {', '.join(build.programs())}")
    targets = sorted({system.target for system in taking_part} | {"native-O3", "rv64", "wasm", "rv64-small", "wasm-small"})
    measure.note("building the programs")
    files = build.build(names, targets, options.examples, options.pvm)
    plan = dict(QUICK if options.quick else FULL)
    if options.rounds:
        plan["rounds"] = options.rounds
    data = {"date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"), "machine": machine(), "plan": plan,
            "command": shlex.join(["./dev", "bench", "programs", *options.told]), "seed": options.seed}
    data["sizes"] = {name: sizes.sizes_of(made) for name, made in files.items()}
    # Where the checkout lies is nobody's business.
    data["systems"] = [{"name": s.name, "title": s.title, "target": s.target,
                        "command": [word.removeprefix(f"{ROOT}/") for word in s.command], "small": s.small,
                        "compiles": s.compiles, "peer": s.name in peers} for s in taking_part]
    data["programs"] = measure.Measurement(taking_part, files, expected, plan, options.seed).take()
    return data


def write(data, out):
    """The page and the plots; gives the report."""
    result = report.Report(data)
    out.mkdir(parents=True, exist_ok=True)
    files = {"programs.md": result.page(), **result.plots()}
    for name, text in files.items():
        (out / name).write_text(text, encoding="utf-8")
    return result


def compact(data):
    """JSON with a line for each program's system."""
    head = {key: value for key, value in data.items() if key != "programs"}
    text = json.dumps(head, indent=1)[:-2] + ',\n "programs": {\n'
    programs = []
    for program, figures in sorted(data["programs"].items()):
        lines = [f"   {json.dumps(system)}: {json.dumps(values)}" for system, values in figures.items()]
        programs.append(f"  {json.dumps(program)}: {{\n" + ",\n".join(lines) + "\n  }")
    return text + ",\n".join(programs) + "\n }\n}\n"


def main():
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("-h", "--help", action="store_true")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--program", default=ROOT / "build" / "release" / "bin" / "bench-programs", type=pathlib.Path)
    parser.add_argument("--pvm", default=ROOT / "build" / "release" / "bin" / "pvm", type=pathlib.Path)
    parser.add_argument("--peer", action="append", default=[])
    parser.add_argument("--systems")
    parser.add_argument("--only")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=pathlib.Path)
    parser.add_argument("--examples", type=pathlib.Path, default=ROOT / "build" / "examples")
    parser.add_argument("--report", type=pathlib.Path)
    # Options and their values in one word, so that the value of `--systems -ref` isn't taken for an option.
    words = sys.argv[1:]
    with_value = ("--systems", *PATHS)
    joined = [f"{word}={words[i + 1]}" if word in with_value and i + 1 < len(words) else word
              for i, word in enumerate(words) if i == 0 or words[i - 1] not in with_value]
    options = parser.parse_args(joined)
    if options.help:
        print(__doc__.strip())
        return 0
    options.told = [word for word in joined if not word.startswith("--") or word.partition("=")[0] not in PATHS]
    quick_out = ROOT / "build" / "bench" / "reports" / "programs"
    out = options.out or (options.report.parent if options.report else quick_out if options.quick else ROOT / "docs" / "benchmarks")
    try:
        if options.report:
            data = json.loads(options.report.read_text())
        else:
            data = take(options)
            out.mkdir(parents=True, exist_ok=True)
            (out / "programs.json").write_text(compact(data), encoding="utf-8")
    except ValueError as error:
        print(f"bench.py: {error}", file=sys.stderr)
        return 2
    except build.BuildError as error:
        print(f"bench.py: a program can't be built: {error}", file=sys.stderr)
        return 2
    result = write(data, out)
    print(result.run_times())
    print(result.findings())
    print(result.compilation())
    print(f"everything: {out}/programs.md")
    return 1 if any("error" in figures for program in data["programs"].values() for figures in program.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
