# SPDX-License-Identifier: BSD-3-Clause
"""python -m kolace convert|doctor"""
import sys

from . import conversion, installation

COMMANDS = {"convert": lambda arguments: conversion.main(arguments), "doctor": lambda _: installation.main()}

if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in COMMANDS:
        sys.exit("usage: python -m kolace {convert, doctor} ...\n"
                 "  convert  convert data sets of other programs to extended XYZ\n"
                 "  doctor   show versions, execution spaces and threads")
    sys.exit(COMMANDS[sys.argv[1]](sys.argv[2:]))
