// What is changed, and which tests look at it first.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { SyntaxNode } from "./compiler.ts";
import type { Mutant } from "./operators.ts";

/** The deployed contracts; what they import under `contracts/` is changed with them. */
export const DEPLOYED = [
  "contracts/Escrow.sol",
  "contracts/EvidenceRegistry.sol",
  "contracts/tribunals/PanelTribunal.sol",
] as const;

/** Everything whose bytecode contains some of them: the deployed contracts, and what the tests read the terms through. */
export const COMPILED: readonly string[] = [
  ...DEPLOYED,
  "contracts/mocks/OpenTribunal.sol",
  "contracts/mocks/TermsReader.sol",
];

/** A source and everything of ours that is compiled with it. */
export const importsOf = (root: string, file: string): readonly string[] => {
  const source = readFileSync(join(root, file), "utf8");
  const found = [...source.matchAll(/from "(\.[^"]+)"/g)].map(([, path]) => join(file, "..", path ?? ""));
  return [file, ...found.flatMap((path) => importsOf(root, path))];
};

/** The compiled files that contain `file`. */
export const affectedBy = (root: string, file: string): readonly string[] =>
  COMPILED.filter((compiled) => importsOf(root, compiled).includes(file));

export const isSubject = ([file]: readonly [string, SyntaxNode]): boolean =>
  !file.startsWith("contracts/mocks/") && !file.startsWith("contracts/interfaces/");

/** Where the name of a function does not tell its test. */
const FIRST: Readonly<Record<string, readonly string[]>> = {
  "Escrow._open": ["Escrow.fund"],
  "Escrow._completePrice": ["Escrow.payBalance"],
  "Escrow._giveBack": ["Escrow.refund", "Escrow.expire", "gaming"],
  "Escrow._release": ["Escrow.confirm", "Escrow.release"],
  "Escrow._close": ["Escrow.close"],
  "Escrow._leaveTail": ["Escrow.confirm", "Escrow.close"],
  "Escrow._end": ["Escrow.settle", "Escrow.award"],
  "Escrow._distribute": ["Escrow.settle", "Escrow.award"],
  "Escrow._windowEnd": ["Escrow.dispute", "Escrow.lapse"],
  Escrow: ["Escrow.lapse", "Escrow.dispute", "Escrow.settle", "Escrow.ship"],
  Bonds: ["Bonds"],
  Payments: ["Payments", "badTokens", "badReceivers"],
  EvidenceRegistry: ["EvidenceRegistry"],
  PanelTribunal: ["PanelTribunal"],
  Intents: ["vectors", "Escrow.refund", "Escrow.settle", "Escrow.dispute", "Bonds", "Payments"],
  Consents: ["Escrow.ship"],
  Signatures: ["delegatedAccounts", "Escrow.fund", "PanelTribunal"],
  DealSlots: ["Escrow.dispute", "Escrow.ship", "Escrow.refund"],
  TermsCodec: ["vectors", "Escrow.fund"],
  TermsRules: ["Escrow.fund", "gaming"],
};

/** The tests in the order in which they judge a mutant: its own, the others, and the longest one. */
export const groupsFor = ({ scope }: Mutant, tests: readonly string[]): readonly (readonly string[])[] => {
  const [contract = "", member = ""] = scope.split(".");
  const named = tests.filter((test) => {
    const [of, action = "-"] = test.split(".");
    return of === contract && member.startsWith(action);
  });
  const listed = (FIRST[scope] ?? FIRST[contract] ?? []).map((name) => `${name}.test.ts`);
  const own = named.length > 0 ? named : tests.filter((test) => listed.includes(test));
  const longest: readonly string[] = tests.filter((test) => test === "conformance.test.ts");
  const others = tests.filter((test) => !own.includes(test) && !longest.includes(test));
  return [own, others, longest].filter(({ length }) => length > 0);
};
