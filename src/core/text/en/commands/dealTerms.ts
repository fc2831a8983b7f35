import { options } from "../options.ts";

export const dealTerms = {
  summary: "write the terms of a deal from a template with plain amounts and durations",
  about: [
    "Turns a template (amounts like 40000.50, durations like 10d) into the exact terms that both sides sign and the",
    "escrow enforces, prints in words who pays what, by when, and what happens if nobody acts, and writes a deal file.",
    "The deal's id is a hash of the terms, the chain and the escrow: both sides know it before any money moves, and nobody can",
    "change a term without changing it. Clocks start now. Chain and escrow come from a relayer (--url) or from you.",
    "The panel that the template names must be registered before the deal can be funded: `holdfast panel register`.",
  ],
  examples: [
    "a template to start from; edit the names and numbers",
    "with a relayer's contracts",
    "without any relayer; the template names the tribunal",
  ],
  options: {
    ...options.url,
    example: "print a template and do nothing else",
    out: "the deal file; it must not exist; without it nothing is written",
    "chain-id": "chain of the escrow, without --url",
    escrow: "escrow contract, without --url",
  },
} as const;
