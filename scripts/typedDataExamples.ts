// An example of everything that is signed, with fixed values: those of test/vectors.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { seenIn, undisputed } from "../src/core/deal/dealTable.ts";
import { determinationSchema, extensionSchema, type Intent, intentSchemas } from "../src/core/deal/intents.ts";
import { panelSchema } from "../src/core/deal/panel.ts";
import { termsSchema } from "../src/core/deal/terms.ts";
import type { IntentPlace, UnsignedIntent } from "../src/core/deal/unsignedIntent.ts";

const readVectors = (name: string) =>
  JSON.parse(readFileSync(join(import.meta.dirname, `../test/vectors/${name}.json`), "utf8"));

const vectors = readVectors("deals");
const { domain } = vectors as Pick<IntentPlace, "domain">;

const dealNamed = (name: string) => {
  const found = vectors.deals.find((deal: { name: string }) => deal.name === name);
  return { id: found.id as `0x${string}`, terms: termsSchema.parse(found.terms) };
};
const native = dealNamed("dealOfIntents");
const inToken = dealNamed("everyField");
const { rules: _, ...panel } = vectors.panels[0];
const token = { name: "USD Coin", version: "2" } as const;
const seen = seenIn(undisputed("deposited"));

const ofVectors = vectors.intents.map(({ kind, message }: { kind: Intent["kind"]; message: unknown }) => ({
  kind,
  message: intentSchemas[kind].parse(message),
  ...(kind === "PostBond" ? { token } : {}),
})) as UnsignedIntent[];

const payments: readonly UnsignedIntent[] = [
  { kind: "FundDeal", deal: inToken.id },
  { kind: "FundDealWithAuthorization", deal: inToken.id, token },
  { kind: "FundDealWithPermit2", deal: inToken.id, nonce: 7n },
  { kind: "PayBalanceWithAuthorization", deal: inToken.id, seen, token },
];

const decisions: readonly UnsignedIntent[] = [
  {
    kind: "Determination",
    determination: determinationSchema.parse(vectors.determination.message),
    panel: panelSchema.parse(panel),
  },
  { kind: "Extension", extension: extensionSchema.parse(vectors.extension.message), panel: panelSchema.parse(panel) },
];

/** Every kind of intent once, and where it holds. */
export const intentExamples: readonly Readonly<{ intent: UnsignedIntent; place: IntentPlace }>[] = [
  ...payments.map((intent) => ({ intent, place: { domain, terms: inToken.terms } })),
  ...[...ofVectors, ...decisions].map((intent) => ({ intent, place: { domain, terms: native.terms } })),
];

/** The evidence record of the vectors, as its submitter signs it. */
export const evidenceExample = readVectors("evidence");
