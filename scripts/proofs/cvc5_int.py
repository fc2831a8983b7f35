"""Solves one SMT-LIB file for Halmos, which calls it with the path and reads sat with a model, unsat, or unknown.

Most questions are about bits, and yices answers them at once. What it does not answer in seconds contains products and quotients of
amounts, which cvc5 carries over whole numbers.
"""

import os
import subprocess
import sys

import cvc5

SECONDS = 5
OPTIONS = {"solve-bv-as-int": "sum", "produce-models": "true"}


def solve_bits(path: str) -> bool:
    yices = os.path.join(os.path.dirname(sys.executable), "yices-smt2")
    command = [yices, "--smt2-model-format", "--bvconst-in-decimal", path]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False).stdout
    except subprocess.TimeoutExpired:
        return False
    is_answer = answer.startswith(("sat", "unsat"))
    if is_answer:
        print(answer, end="", flush=True)
    return is_answer


def solve_numbers(path: str) -> None:
    terms = cvc5.TermManager()
    solver = cvc5.Solver(terms)
    for name, value in OPTIONS.items():
        solver.setOption(name, value)
    symbols = cvc5.SymbolManager(terms)
    parser = cvc5.InputParser(solver, symbols)
    parser.setFileInput(cvc5.InputLanguage.SMT_LIB_2_6, path)
    while True:
        command = parser.nextCommand()
        if command.isNull():
            return
        answer = str(command.invoke(solver, symbols)).strip()
        if answer:
            print(answer, flush=True)
        # After unsat there is no model to ask for.
        if answer == "unsat":
            return


if not solve_bits(sys.argv[1]):
    solve_numbers(sys.argv[1])
