# SPDX-License-Identifier: BSD-3-Clause
"""Plots by gnuplot: NAME.csv, the script NAME.gp and the picture NAME.svg side by side."""

import base64
import csv
import html
import shutil
import subprocess

# Colors of rising darkness in pairs, and a mark each, so that lines stay apart in gray.
STYLES = [("#0b62a4", 4), ("#e07b39", 6), ("#1b7f4d", 8), ("#8e2a6b", 10), ("#7a7a7a", 12), ("#c7a300", 2),
          ("#0aa2a2", 1), ("#5a3a22", 14)]


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
            writer.writerow(["series", "x", "y", "high"])
            for key, values in series.items():
                writer.writerows([key, *v] for v in values if None not in v)
        lines = []
        style_of = {}
        for key, values in series.items():
            stem = key.removesuffix(" (test)")
            if key in points:
                style = "with points pt 6 ps 0.4 lc rgb 'black'"
            elif key in bars:
                style = f"with boxes fs solid 0.5 lc rgb '{STYLES[0][0]}'"
            elif key in guides:
                style = "with lines lw 1 dt 3 lc rgb '#888888'"
            else:
                color, mark = style_of.setdefault(stem, STYLES[len(style_of) % len(STYLES)])
                if values and len(values[0]) == 3:
                    style = f"with filledcurves fs transparent solid 0.25 border lc rgb '{color}'"
                else:
                    every = max(1, len(values) // 8)
                    style = (f"with linespoints lw 1.6 pt {mark} ps 0.5 pi -{every} lc rgb '{color}'"
                             + (" dt 2" if key != stem else ""))
            columns = "3:4" if values and len(values[0]) == 3 else "3"
            lines.append(f"  '{name}.csv' using (strcol(1) eq '{key}' ? $2 : 1/0):{columns} "
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
