# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Bar charts as SVG text: horizontal bars in groups, a logarithmic axis, values at the bars."""
import math
from xml.sax.saxutils import escape

# Distinct also for the colour-blind; the first two are for what is compared most often.
COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#999999", "#f0e442"]
BAR, GAP, RIGHT, WIDTH = 11, 8, 60, 860
FONT = "font-family='DejaVu Sans, Verdana, sans-serif'"


def ticks(low, high, steps=(1, 2, 5)):
    """Numbers 1, 2, 5 times powers of ten from `low` to `high`."""
    return [step * 10.0**power for power in range(-9, 13) for step in steps if low * 0.999 <= step * 10.0**power <= high * 1.001]


def bounds(values, mark):
    """The ends of the axis: ticks around all values."""
    low, high = min(values + [mark] if mark else values), max(values + [mark] if mark else values)
    all_ticks = ticks(1e-6, 1e9)
    return (max(tick for tick in all_ticks if tick <= low * 0.999 or tick == all_ticks[0]),
            min(tick for tick in all_ticks if tick >= high * 1.001 or tick == all_ticks[-1]))


def number(value):
    """Three significant digits, without an exponent."""
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


class Canvas:
    """Collects shapes."""

    def __init__(self, height, title):
        size = f"viewBox='0 0 {WIDTH} {height}' width='{WIDTH}' height='{height}'"
        self.parts = [f"<svg xmlns='http://www.w3.org/2000/svg' {size} role='img'>", f"<title>{escape(title)}</title>",
                      f"<rect width='{WIDTH}' height='{height}' fill='white'/>"]

    def text(self, x, y, text, size=11, anchor="start", colour="#222", weight="normal"):
        self.parts.append(f"<text x='{x:.1f}' y='{y:.1f}' {FONT} font-size='{size}' text-anchor='{anchor}' fill='{colour}' "
                          f"font-weight='{weight}'>{escape(text)}</text>")

    def bar(self, x, y, width, colour, tip):
        self.parts.append(f"<rect x='{x:.1f}' y='{y:.1f}' width='{max(width, 0.5):.1f}' height='{BAR - 1}' fill='{colour}'>"
                          f"<title>{escape(tip)}</title></rect>")

    def line(self, x, top, bottom, colour, width=1.0):
        self.parts.append(f"<line x1='{x:.1f}' x2='{x:.1f}' y1='{top}' y2='{bottom}' stroke='{colour}' stroke-width='{width}'/>")

    def done(self):
        return "\n".join(self.parts + ["</svg>", ""])


def bars(title, subtitle, rows, series, values, mark=None, unit=""):
    """A chart: for each of `rows` a group with a bar for each of `series`; values[row][series] may be missing. `mark`: a value that is
    drawn as a line, and from which the bars go left and right; without one they begin at the left. One series: a colour for each row."""
    present = [value for row in rows for value in values.get(row, {}).values() if value and value > 0]
    if not present:
        return None
    low, high = bounds(present, mark)
    legend = len(series) > 1
    group = BAR * len(series) + GAP
    top = 62 + (18 * ((len(series) + 2) // 3) if legend else 0)
    bottom = top + group * len(rows)
    left = 24 + max(7 * len(row) for row in rows)
    canvas = Canvas(bottom + 34, title)
    canvas.text(16, 24, title, 15, weight="bold")
    canvas.text(16, 42, subtitle, 11, colour="#555")
    if legend:
        for index, name in enumerate(series):
            x, y = 16 + index % 3 * 275, 60 + index // 3 * 18
            canvas.bar(x, y, 14, COLOURS[index % len(COLOURS)], name)
            canvas.text(x + 20, y + 9, name)

    def place(value):
        return left + (WIDTH - left - RIGHT) * math.log(value / low) / math.log(high / low)

    for tick in ticks(low, high, (1, 2, 5) if high / low < 5000 else (1,)):
        canvas.line(place(tick), top - 4, bottom, "#e4e4e4")
        canvas.text(place(tick), bottom + 16, f"{tick:g}{unit}", 10, "middle", "#555")
    for index, row in enumerate(rows):
        y = top + index * group
        canvas.text(left - 8, y + (group - GAP) / 2 + 4, row, 11, "end", weight="bold" if row.startswith("geometric") else "normal")
        for order, name in enumerate(series):
            value = values.get(row, {}).get(name)
            if not value or value <= 0:
                continue
            start, end = sorted((place(mark or low), place(value)))
            colour = COLOURS[(order if legend else 0) % len(COLOURS)]
            canvas.bar(start, y + order * BAR, end - start, colour, f"{row}, {name}: {number(value)}{unit}")
            canvas.text(end + 4, y + order * BAR + 9, number(value), 9, colour="#444")
    if mark:
        canvas.line(place(mark), top - 4, bottom, "#222", 1.2)
    return canvas.done()
