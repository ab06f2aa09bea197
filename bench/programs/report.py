# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Makes the page and the plots from the figures that were taken."""
import statistics

import svg

REFERENCE = "native-O3"
NOT_TIMED = ("minimal",)  # It does nothing that takes time; its sizes and starts count.
LIMIT = 2.0


def median(values):
    return statistics.median(values) if values else None


def mean(values):
    """The geometric mean of those that are there."""
    values = [value for value in values if value and value > 0]
    return statistics.geometric_mean(values) if values else None


def cell(value, form="{:.2f}"):
    return "-" if value is None else form.format(value)


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|---|" + "---:|" * (len(header) - 1)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


class Report:
    """All that is derived from one run's data."""

    def __init__(self, data):
        self.data, self.figures, self.sizes = data, data["programs"], data["sizes"]
        self.programs = sorted(self.figures)
        self.timed = [program for program in self.programs if program not in NOT_TIMED]
        measured = {name for figures in self.figures.values() for name in figures}
        self.systems = [system for system in data["systems"] if system["name"] in measured]
        self.titles = {system["name"]: system["title"] for system in self.systems}

    # ---- Figures ----

    def figure(self, program, system, key):
        figures = self.figures[program].get(system, {})
        return None if "error" in figures else median(figures.get(key))

    def ratio(self, program, system):
        """Time by native time of the same size."""
        small = next(s["small"] for s in self.systems if s["name"] == system)
        key = "small_ns" if small else "ns"
        time, base = self.figure(program, system, key), self.figure(program, REFERENCE, key)
        return time / base if time and base else None

    def mean_ratio(self, system):
        return mean([self.ratio(program, system) for program in self.timed])

    def compile_ns_per_instruction(self, system):
        """All compilations together, by the number of instructions of the programs; those are known for PVM programs only."""
        pairs = [(self.figure(program, system, "compile_ns"), self.figures[program].get(system, {}).get("instructions"))
                 for program in self.programs]
        pairs = [pair for pair in pairs if all(pair)]
        return sum(time for time, _ in pairs) / sum(count for _, count in pairs) if pairs else None

    def total_compile_ms(self, system):
        times = [self.figure(program, system, "compile_ns") for program in self.programs]
        return sum(times) / 1e6 if times and all(times) else None

    # ---- Tables ----

    def run_times(self):
        names = [system["name"] for system in self.systems if system["name"] != REFERENCE]
        rows = []
        for program in self.timed:
            base = self.figure(program, REFERENCE, "ns")
            rows.append([program, cell(base and base / 1e6, "{:.1f}")] + [self.ratio_cell(program, name) for name in names])
        rows.append(["**geometric mean**", ""] + [f"**{cell(self.mean_ratio(name))}**" for name in names])
        return table(["program", f"{self.titles[REFERENCE]}, ms"] + [self.titles[name] for name in names], rows)

    def ratio_cell(self, program, name):
        if "error" in self.figures[program].get(name, {}):
            return "failed"
        return cell(self.ratio(program, name))

    def findings(self):
        """Sentences about what the aims are about."""
        lines = []
        for name in self.titles:
            if not name.startswith("jit"):
                continue
            above = sorted(((self.ratio(p, name) or 0, p) for p in self.timed), reverse=True)
            above = [f"{program} {ratio:.2f}" for ratio, program in above if ratio > LIMIT]
            lines.append(f"- {self.titles[name]}: above {LIMIT:.1f} times native: {', '.join(above) if above else 'none'}.")
        base = self.mean_cost("jit-none", "jit-none")
        if base:
            costs = [f"{self.titles[name]} {(cost - 1) * 100:+.1f}%" for name in ("jit-sync", "jit-async", "jit-pipeline")
                     if (cost := self.mean_cost(name, "jit-none"))]
            lines.append(f"- Cost of metering, geometric mean over the JIT without: {'; '.join(costs)}.")
        failed = [f"{program} on {name}: {figures['error']}" for program in self.programs for name, figures in self.figures[program].items()
                  if "error" in figures]
        return "\n".join(lines + [f"- FAILED: {text}" for text in failed]) + "\n"

    def mean_cost(self, system, base):
        times = [(self.figure(program, system, "ns"), self.figure(program, base, "ns")) for program in self.timed]
        return mean([a / b for a, b in times if a and b])

    def compilation(self):
        rows = []
        for system in self.systems:
            name = system["name"]
            total = self.total_compile_ms(name)
            if not system["compiles"] or total is None:
                continue
            instructions = sum(self.figures[program][name].get("instructions", 0) for program in self.programs)
            native = sum(self.figures[program][name].get("native_bytes", 0) for program in self.programs)
            largest = self.figure("language", name, "compile_ns") if "language" in self.programs else None
            per_instruction = self.compile_ns_per_instruction(name)
            rows.append([self.titles[name], cell(total), cell(largest and largest / 1e6), cell(per_instruction, "{:.1f}"),
                         str(instructions) if instructions else "-", cell(native / instructions if instructions else None, "{:.1f}")])
        return table(["system", f"all {len(self.programs)} programs, ms", "language alone, ms", "ns per instruction", "instructions",
                      "native bytes per instruction"], rows)

    def starts(self):
        some = [program for program in ("minimal", "sha256", "language") if program in self.programs]
        rows = []
        for system in self.systems:
            times = [self.figure(program, system["name"], "start_ns") for program in self.programs]
            if not any(times):
                continue
            values = [self.figure(program, system["name"], "start_ns") for program in some]
            rows.append([system["title"], cell(median([t for t in times if t]) / 1e6)] + [cell(v and v / 1e6) for v in values])
        return table(["system", "median of all programs, ms"] + [f"{program}, ms" for program in some], rows)

    def size_table(self):
        rows = []
        for program in self.programs:
            s = self.sizes[program]
            rows.append([program] + [cell(s.get(key), "{}") for key in SIZES]
                        + [cell(self.size_ratio(program, a, b)) for a, b in SIZE_RATIOS])
        means = [mean([self.size_ratio(program, a, b) for program in self.programs]) for a, b in SIZE_RATIOS]
        rows.append(["**geometric mean**"] + [""] * len(SIZES) + [f"**{cell(value)}**" for value in means])
        header = ["program", "ELF text + data", "blob", "blob.gz", "wasm", "wasm.gz", "blob, -Os", "wasm, -Os",
                  "blob / ELF", "blob / wasm", "blob.gz / wasm.gz", "-Os: blob / wasm"]
        return table(header, rows)

    def size_ratio(self, program, a, b):
        s = self.sizes[program]
        return s[a] / s[b] if s.get(a) and s.get(b) else None

    # ---- The page and the plots ----

    def page(self):
        machine, plan = self.data["machine"], self.data["plan"]
        return PAGE.format(
            date=self.data["date"], processor=machine["processor"], processors=machine["processors"], kernel=machine["kernel"],
            load=machine["load"], clang=machine["clang"], node=machine["node"], command=self.data["command"], rounds=plan["rounds"],
            count=len(self.programs), run_times=self.run_times(), findings=self.findings(), compilation=self.compilation(),
            starts=self.starts(), sizes=self.size_table())

    def plots(self):
        """{file name: SVG text}"""
        shown = [name for name in ("jit-sync", "v8-turbofan", "v8-liftoff") if name in self.titles]
        shown += [s["name"] for s in self.systems if s.get("peer")]
        ratios = {program: {self.titles[name]: self.ratio(program, name) for name in shown} for program in self.timed}
        ratios["geometric mean"] = {self.titles[name]: self.mean_ratio(name) for name in shown}
        others = [s for s in self.systems if s["name"] != REFERENCE]
        means = {s["title"]: {"ratio": self.mean_ratio(s["name"])} for s in others}
        compiled = {s["title"]: {"ms": self.total_compile_ms(s["name"])} for s in self.systems if s["compiles"]}
        compiled = {title: value for title, value in compiled.items() if value["ms"]}
        sizes = {p: {"blob / wasm": self.size_ratio(p, "blob", "wasm"), "blob.gz / wasm.gz": self.size_ratio(p, "blob_gzip", "wasm_gzip"),
                     "blob / wasm, -Os": self.size_ratio(p, "blob_small", "wasm_small")}
                 for p in self.programs}
        native = self.titles.get(REFERENCE, REFERENCE)
        kinds = ["blob / wasm", "blob.gz / wasm.gz", "blob / wasm, -Os"]
        series = [self.titles[name] for name in shown]
        less = "less is better"
        plots = {
            "run-time.svg": svg.bars("Run time", f"times {native}; {less}", list(ratios), series, ratios, 1),
            "summary.svg": svg.bars("All programs", f"run time, geometric mean, times {native}; {less}", list(means), ["ratio"], means, 1),
            "compilation.svg": svg.bars("Compilation of all programs", f"milliseconds in all; {less}", list(compiled), ["ms"], compiled),
            "sizes.svg": svg.bars("Size of programs", f"PVM blob by WebAssembly file; {less}", list(sizes), kinds, sizes, 1),
        }
        return {name: text for name, text in plots.items() if text}


SIZE_RATIOS = (("blob", "elf"), ("blob", "wasm"), ("blob_gzip", "wasm_gzip"), ("blob_small", "wasm_small"))
SIZES = ("elf", "blob", "blob_gzip", "wasm", "wasm_gzip", "blob_small", "wasm_small")

PAGE = """# Programs, side by side

Made by

    {command}

on {date}: {processor}, {processors} processors, {kernel}, load {load};
{clang}; Node {node}. All figures: [`programs.json`](programs.json).

All systems take part in the same {rounds} rounds, in random order, program by program; figures are medians, and ratios are ratios of
medians of this one run. Every result of every call is checked. The programs are those of
[`guest/examples`](../../guest/examples/README.md). Slow systems take part in fewer rounds; the reference interpreter runs a small size,
and is compared with native code for the same size. What runs natively is compiled by the same clang for AVX2; WebAssembly has bulk memory
operations and no vectors, and is not metered by anyone.
[Peers](../benchmark-peers.md) of your own take part with `--peer`.

## Run time

Times native code of -O3 (the first column, in milliseconds); less is better.

![run time](run-time.svg)

![geometric means](summary.svg)

{run_times}
{findings}
## Compilation

From bytes in memory to code that can run, one thread for the JIT, as many as V8 likes for V8; the sum of the medians of all {count}
programs.

![compilation](compilation.svg)

{compilation}
## From the start of a process to its first result

A new process, the program from its file, `bench` of the small size, and the answer.

{starts}
## Sizes

Bytes, of what was measured above (-O3) and, where it says so, of the same programs compiled for size (-Os). The blob has no debug
information, the WebAssembly file no names. ELF: what is allocated in the linked RISC-V file and not zero.

![sizes](sizes.svg)

{sizes}"""
