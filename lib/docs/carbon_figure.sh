#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Draws pages/images/carbon.svg: energy errors along the body orders, and dimer curves beside DFT.
#
#   bash lib/docs/carbon_figure.sh KOLACE_PROGRAM
set -euo pipefail
program=$(realpath "${1:?usage: carbon_figure.sh KOLACE_PROGRAM}")
here=$(cd "$(dirname "$0")" && pwd)
data=$here/../../apps/carbon/data
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >input.yaml <<EOF
cutoff: 5.0
data:
  filename: [$data/dimers.extxyz, $data/diamond_like.extxyz, $data/diverse.extxyz, $data/atom.extxyz]
  reference_energy: isolated
  test_size: 0.2
potential:
  elements: [C]
  functions: {ALL: {nradmax_by_orders: [45, 8, 4], lmax_by_orders: [0, 3, 3]}}
sweep: {points: 6}
EOF
"$program" sweep input.yaml -o sweep --potentials >sweep.log
# body order, N_f, and energy errors of train and test, by the names of the columns
awk -F, 'NR == 1 { for (i = 1; i <= NF; ++i) at[$i] = i; next }
  { print $at["body_order"], $at["n_functions"], $at["train_energy_rmse_mev_per_atom"], $at["test_energy_rmse_mev_per_atom"] }' \
  sweep/sweep.csv >errors.txt
for K in 2 3 4; do
  last=$(ls sweep/K${K}_*.yaml | sort -t_ -k2 -n | tail -n 1)
  "$program" dimer "$last" --elements C C --range 0.9 5 --reference "$data/dimers.extxyz" "$data/atom.extxyz" -o K$K.csv >/dev/null
done
gnuplot <<EOF
set terminal svg size 900,340 font "Helvetica,13" background rgb "white"
set output "$here/pages/images/carbon.svg"
set multiplot layout 1,2 margins 0.08,0.985,0.16,0.95 spacing 0.1
set style line 2 lc rgb "#1b6ca8" lw 2 pt 7 ps 0.6
set style line 3 lc rgb "#c0392b" lw 2 pt 5 ps 0.6
set style line 4 lc rgb "#2e7d32" lw 2 pt 9 ps 0.7
set logscale xy
set xrange [5:600]
set yrange [150:5000]
set xlabel "number of functions"
set ylabel "energy error (meV/atom)"
set key top right samplen 2
plot for [K=2:4] "errors.txt" using (\$1 == K ? \$2 : 1/0):4 with linespoints ls K title sprintf("K = %d, test", K), \\
  for [K=2:4] "errors.txt" using (\$1 == K ? \$2 : 1/0):3 with lines ls K dt 2 lw 1.2 title (K == 2 ? "training" : "")
unset logscale
set datafile separator ","
set xlabel "distance (A)"
set ylabel "dimer energy (eV)"
set xrange [0.9:5]
set yrange [-12:12]
plot for [K=2:4] sprintf("K%d.csv", K) using 1:2 every ::1 with lines ls K title sprintf("K = %d", K), \\
  "K4.csv" using 1:4 every 6::1 with points pt 6 ps 0.7 lc rgb "black" title "DFT"
EOF
echo "wrote $here/pages/images/carbon.svg"
