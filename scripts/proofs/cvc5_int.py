"""Solves one SMT-LIB file for Halmos, which calls it with the path and reads sat with a model, unsat, or unknown.

Halmos first leaves products and quotients open, which yices answers at once, and then asks again with them. The second question is
solved by cvc5 over whole numbers instead of bits, which carries products and quotients of amounts.
"""

import os
import subprocess
import sys

import cvc5

OPTIONS = {"solve-bv-as-int": "sum", "produce-models": "true"}


def solve_bits(path: str) -> None:
    yices = os.path.join(os.path.dirname(sys.executable), "yices-smt2")
    subprocess.run([yices, "--smt2-model-format", "--bvconst-in-decimal", path], check=False)


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


file = sys.argv[1]
(solve_numbers if file.endswith(".refined.smt2") else solve_bits)(file)
