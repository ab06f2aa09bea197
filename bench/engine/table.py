#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Makes the tables of docs/benchmarks.md from the JSON output of bench-engine.

usage: table.py FILE.json

With repetitions, figures are medians over them; ratios are ratios of medians of the same run.
"""
import json
import statistics
import sys

NANOSECONDS = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}


class Run:
    """The benchmarks of one JSON file by name; several repetitions of one are joined."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            data = json.load(file)
        self.context = data["context"]
        self.rows = {}
        for row in data["benchmarks"]:
            if row.get("run_type") == "aggregate":
                continue
            if row.get("error_occurred"):
                sys.exit(f"table.py: {row['name']}: {row['error_message']}")
            self.rows.setdefault(clean(row["run_name"]), []).append(row)

    def value(self, name, key="real_time"):
        """Median over repetitions; times in nanoseconds. None where it was not measured."""
        rows = self.rows.get(name)
        if not rows or key not in rows[0]:
            return None
        scale = NANOSECONDS[rows[0]["time_unit"]] if key in ("real_time", "cpu_time") else 1
        return statistics.median(row[key] for row in rows) * scale


def clean(name):
    """A name without what Google Benchmark appends to it."""
    return "/".join(part for part in name.split("/") if part not in ("real_time", "manual_time") and not part.startswith(("iterations:", "repeats:")))


def cell(value, form="{:.2f}", scale=1.0):
    return "-" if value is None else form.format(value * scale)


def ratio(a, b):
    return None if a is None or not b else a / b


def table(header, rows):
    print("| " + " | ".join(header) + " |")
    print("|" + "---|" * len(header))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print()


def kernels(run):
    names = []
    for name in run.rows:
        if name.startswith("kernel/") and name.split("/")[1] not in names:
            names.append(name.split("/")[1])
    rows, logs = [], {}
    columns = ["jit/none", "jit/sync", "jit/async", "jit_in_process/sync", "interp/sync"]
    for name in names:
        native = run.value(f"kernel/{name}/native")
        row = [name, cell(native, "{:.2f}", 1e-6)]
        for column in columns:
            time = run.value(f"kernel/{name}/{column}")
            quotient = ratio(time, native)
            row.append(f"{cell(time, '{:.2f}', 1e-6)} ({cell(quotient)})")
            if quotient:
                logs.setdefault(column, []).append(quotient)
        rows.append(row)
    means = ["geometric mean", ""] + [f"({statistics.geometric_mean(logs[c]):.2f})" if logs.get(c) else "-" for c in columns]
    table(["kernel", "native -O2, ms"] + [f"{c}, ms (ratio)" for c in columns], rows + [means])


def figures(run):
    loop = {m: run.value(f"kernel/loop/jit/{m}") for m in ("none", "sync", "async")}
    native_loop = run.value("kernel/loop/native")
    rows = []
    for what, key, peer, aim in (("no gas", "none", 46, 69), ("flat gas", "flat", 44, 66), ("pipeline gas", "pipeline", 11.6, 34.8)):
        speed = run.value(f"compile/{key}/jit", "instructions")
        code = run.value(f"compile/{key}/jit", "native_bytes")
        rows.append([f"compile, {what}", f"{peer} M instructions/s", f"{aim} M/s", f"{cell(speed, '{:.1f}', 1e-6)} M/s, {cell(code, '{:.0f}', 1e-6)} MB/s of code"])
    rows.append(["loop of 1e8 x (add, add, branch): none / sync / async", "52 / 86 / 83 ms", "sync within 5% of none",
                 " / ".join(cell(loop[m], "{:.1f}", 1e-6) for m in loop) + f" ms; sync is {cell(ratio(loop['sync'], loop['none']))} of none, {cell(ratio(loop['sync'], native_loop))} of native"])

    def calls(label, name, peer, aim):
        rows.append([label, peer, aim, f"min {cell(run.value(name, 'min_ns'), '{:.2f}', 1e-3)}, median {cell(run.value(name, 'median_ns'), '{:.2f}', 1e-3)} µs"])

    calls("call of an export and back, process", "call/jit", "0.41 µs min, 0.5 median", "0.3 µs")
    calls("the same with one processor", "call/one_processor/jit", "8 ms", "20 µs")
    calls("call of an export and back, in process", "call/jit_in_process", "0.05 µs", "-")
    calls("host call and back, process", "host_call/jit", "0.44-1.07 µs", "0.3 µs")
    calls("the same with one processor", "host_call/one_processor/jit", "8 ms", "20 µs")
    calls("host call and back, in process", "host_call/jit_in_process", "0.095 µs", "0.03 µs")
    calls("instantiate, warm worker", "instantiate/warm/jit", "9-14 µs min, 93-111 median", "8 µs median")
    calls("instantiate, new worker", "instantiate/new/jit", "2.4 ms min, 102 ms median", "300 µs median")
    worker, host = run.value("memory/jit", "worker_bytes"), run.value("memory/jit", "host_bytes")
    rows.append(["memory of an idle instance: worker + host", "14 KiB + 270 KiB", "64 KiB in all", f"{cell(worker, '{:.1f}', 1 / 1024)} + {cell(host, '{:.1f}', 1 / 1024)} KiB"])
    rows.append(["interpreter, the same loop", "987 ms", "400 ms", f"{cell(run.value('kernel/loop/interp/sync'), '{:.0f}', 1e-6)} ms"])
    table(["figure", "best-known peer, on a machine like this", "aim", "measured"], rows)


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        print(__doc__.strip())
        sys.exit(0 if sys.argv[1:] in (["-h"], ["--help"]) else 2)
    run = Run(sys.argv[1])
    context = run.context
    print(f"{context['date']}, {context['num_cpus']} processors at {context['mhz_per_cpu']} MHz, load {', '.join(f'{load:.2f}' for load in context.get('load_avg', []))}\n")
    figures(run)
    kernels(run)


if __name__ == "__main__":
    main()
