#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Fits body orders K = 2, 3, 4 to the bundled carbon data and scans their dimers against DFT.
#
#   bash apps/carbon/demo.sh KOLACE_PROGRAM OUTPUT_FOLDER
set -euo pipefail
program=$(realpath "${1:?usage: demo.sh KOLACE_PROGRAM OUTPUT_FOLDER}")
out=$(realpath -m "${2:?usage: demo.sh KOLACE_PROGRAM OUTPUT_FOLDER}")
here=$(cd "$(dirname "$0")" && pwd)
data=$here/data
mkdir -p "$out"
start=$SECONDS

# Body order K = rank + 1: one number per rank.
declare -A nradmax=([2]="45" [3]="45, 8" [4]="45, 8, 4")
declare -A lmax=([2]="0" [3]="0, 2" [4]="0, 3, 3")
for K in 2 3 4; do
  folder=$out/K$K
  mkdir -p "$folder"
  sed -e "s|@DATA@|$data|" -e "s|@NRADMAX@|${nradmax[$K]}|" -e "s|@LMAX@|${lmax[$K]}|" \
    "$here/demo.yaml.in" >"$folder/input.yaml"
  echo "== K = $K: nradmax [${nradmax[$K]}], lmax [${lmax[$K]}]"
  "$program" fit "$folder/input.yaml" -o "$folder"
  "$program" dimer "$folder/potential.yaml" --elements C C --range 0.5 8 --points 247 --spacing log \
    --reference "$data/dimers.extxyz" "$data/atom.extxyz" \
    -o "$folder/dimer.csv" --plot "$folder/dimer.svg"
  echo
done
echo "done in $((SECONDS - start)) s; the files are in $out:"
(cd "$out" && ls K*/potential.yaml K*/report.json K*/dimer.csv K*/dimer.svg)
