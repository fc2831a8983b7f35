"""Solves one SMT-LIB file with cvc5 over whole numbers instead of bits, which carries products and quotients of amounts.

Prints what an SMT solver prints: sat with a model, unsat, or unknown. Halmos calls it with the path of the file.
"""

import sys

import cvc5

OPTIONS = {"solve-bv-as-int": "sum", "produce-models": "true"}


def main(path: str) -> None:
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


main(sys.argv[1])
