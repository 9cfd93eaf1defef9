# SPDX-License-Identifier: BSD-3-Clause
"""Plots by gnuplot: NAME.csv, the script NAME.gp and the picture NAME.svg side by side."""

import base64
import csv
import html
import re
import shutil
import subprocess

# Colors that differ in gray, and a mark each. A body order has the same color in every plot; series without one
# take the colors in turn.
STYLES = [("#2f7ed8", 4), ("#f0a35e", 6), ("#1b6b3a", 8), ("#5a1446", 10), ("#b9a9d6", 12), ("#8a7000", 2),
          ("#56c5c5", 1), ("#3a2a1a", 14)]


class Plots:
    def __init__(self, folder):
        self.folder = folder
        self.gnuplot = shutil.which("gnuplot")
        folder.mkdir(parents=True, exist_ok=True)

    def draw(self, name, title, x_label, y_label, series, x_range=None, y_range=None, log="",
             points=(), guides=(), bars=(), verticals=(), caption=""):
        """series: {name: [(x, y), ...]}, or (x, low, high) for a filled band. A name that ends in
        ' (test)' is dashed and not in the key, those in `points` are black circles, those in `guides`
        thin gray lines, those in `bars` bars; `verticals` are (x, label). Returns a figure in HTML."""
        table, script = self.folder / f"{name}.csv", self.folder / f"{name}.gp"
        with open(table, "w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["x", "y", "high", "number", "series"])  # gnuplot selects by number: names may hold commas
            for number, (key, values) in enumerate(series.items()):
                writer.writerows([*v, *[""] * (3 - len(v)), number, key] for v in values if None not in v)
        lines = []
        style_of = {}
        orders = [re.search(r"\bK = (\d)", key) for key in series]
        by_order = len({found[1] for found in orders if found}) == len(
            {key.removesuffix(" (test)").removesuffix(" alone") for key, found in zip(series, orders) if found})
        for number, (key, values) in enumerate(series.items()):
            stem = key.removesuffix(" (test)")
            if key in points:
                style = "with points pt 6 ps 0.4 lc rgb 'black'"
            elif key in bars:
                style = f"with boxes fs solid 0.5 lc rgb '{STYLES[0][0]}'"
            elif key in guides:
                style = "with lines lw 1 dt 3 lc rgb '#888888'"
            else:
                turn = int(orders[number][1]) - 2 if by_order and orders[number] else len(style_of)
                color, mark = style_of.setdefault(stem, STYLES[turn % len(STYLES)])
                if values and len(values[0]) == 3:
                    style = f"with filledcurves fc rgb '{color}' fs transparent solid 0.3 border lc rgb '{color}'"
                else:
                    every = max(1, len(values) // 8)
                    style = (f"with linespoints lw 1.6 pt {mark} ps 0.5 pi -{every} lc rgb '{color}'"
                             + (" dt 2" if key != stem else " dt 4" if key.endswith(" alone") else ""))
            columns = "2:3" if values and len(values[0]) == 3 else "2"
            lines.append(f"  '{name}.csv' using ($4 == {number} ? $1 : 1/0):{columns} "
                         f"{style} " + (f"title '{key}'" if key == stem else "notitle"))
        marks = "".join(f"set arrow from {x},graph 0 to {x},graph 1 nohead lw 0.7 dt 3 lc rgb '#888888'\n"
                        f"set label '{text}' at {x},graph 0.96 front offset -0.3,0 right font ',8' textcolor "
                        f"rgb '#666666' noenhanced\n" for x, text in verticals)
        script.write_text(
            f"# gnuplot {name}.gp\n"
            f"set encoding utf8\n"
            f"set terminal svg size 640,350 font 'sans-serif,11' background rgb 'white'\n"
            f"set output '{name}.svg'\n"
            f"set datafile separator ','\n"
            f"set title \"{title}\" noenhanced\nset xlabel \"{x_label}\" noenhanced\n"
            f"set ylabel \"{y_label}\" noenhanced\n"
            + (f"set logscale {log}\nset format {log[-1]} '10^{{%L}}'\n" if log else "")
            + (f"set xrange [{x_range}]\n" if x_range else "")
            + (f"set yrange [{y_range}]\n" if y_range else "")
            + marks
            + ("set xtics 1\n" if x_label == "K" else "")
            + "set grid lc rgb '#dddddd'\nset key noenhanced outside right top font ',9' samplen 2.5\n"
            + "plot \\\n" + ", \\\n".join(lines) + "\n")
        picture = self.folder / f"{name}.svg"
        if self.gnuplot:
            done = subprocess.run([self.gnuplot, script.name], cwd=self.folder,
                                  capture_output=True, text=True)
            if done.returncode == 0 and picture.exists():
                data = base64.b64encode(picture.read_bytes()).decode()
                legend = f"<figcaption>{html.escape(caption)}</figcaption>" if caption else ""
                return (f"<figure><img alt='{html.escape(title)}' "
                        f"src='data:image/svg+xml;base64,{data}'>{legend}</figure>")
            return f"<p>gnuplot failed on plots/{name}.gp: {html.escape(done.stderr[:300])}</p>"
        return f"<p>no gnuplot here: plots/{name}.gp draws plots/{name}.csv</p>"
