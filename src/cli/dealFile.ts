import type { Hex } from "viem";
import * as z from "zod";
import { type Panel, panelSchema } from "../core/deal/panel.ts";
import { dealIdOf, type EscrowDomain, type Terms, termsSchema, termsToJson } from "../core/deal/terms.ts";
import { address, bytes32, signature } from "../core/fields.ts";
import type { FieldProblem } from "../core/text/fieldProblems.ts";
import { nativeUnit, type Unit } from "../core/text/units.ts";
import { readJson } from "./files.ts";
import { parseInput } from "./parseInput.ts";
import { inputMalformed, usageInvalid } from "./problems.ts";

/**
 * Name and version of the format. Another version is another string: `/1` was of another escrow,
 * and holds nowhere now.
 */
const dealFormat = "holdfast-deal/2";

const unitSchema = z.strictObject({ symbol: z.string().min(1).max(16), decimals: z.int().min(0).max(36) });

const dealFileSchema = z.strictObject({
  format: z.literal(dealFormat, "deal-version-unknown" satisfies FieldProblem),
  id: bytes32,
  chainId: z.int().positive(),
  escrow: address,
  terms: termsSchema,
  /** For people to read amounts in; not signed by anybody. */
  unit: unitSchema.nullable(),
  /** The panel whose hash is `terms.rules`. */
  panel: panelSchema.nullable(),
  /** Text of the order document; its SHA-256 is `terms.order`. */
  order: z.string().nullable(),
  sellerSignature: signature.nullable(),
});

/**
 * A deal as a file carries it between the parties: terms, where they hold, and what stands behind
 * their digests.
 */
export type DealFile = Readonly<{
  id: Hex;
  domain: EscrowDomain;
  terms: Terms;
  unit: Unit | null;
  panel: Panel | null;
  order: string | null;
  sellerSignature: Hex | null;
}>;

/** A deal as JSON. */
export function dealFileText({ id, domain, terms, ...rest }: DealFile): string {
  const document = { format: dealFormat, id, ...domain, terms: termsToJson(terms), ...rest };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** Options that say where bare terms hold. */
export const domainOptions = {
  "chain-id": { type: "string", value: "N" },
  escrow: { type: "string", value: "ADDRESS" },
} as const;

type DomainValues = { readonly "chain-id"?: string; readonly escrow?: string };

/**
 * Reads a deal file, or bare terms together with the domain that the options name. Throws
 * `file-missing`, `file-unreadable`, or `input-malformed` also when the id in the file is not that
 * of its terms.
 */
export async function readDeal(path: string, values: DomainValues = {}): Promise<DealFile> {
  const input = await readJson(path);
  if (typeof input === "object" && input !== null && !("format" in input)) {
    const terms = parseInput(termsSchema, input, path);
    const domain = parseDomain(values, path);
    const unit = isNative(terms) ? nativeUnit : null;
    return { id: dealIdOf(terms, domain), domain, terms, unit, panel: null, order: null, sellerSignature: null };
  }
  const { id, chainId, escrow, terms, unit, panel, order, sellerSignature } = parseInput(dealFileSchema, input, path);
  const domain = { chainId, escrow };
  if (dealIdOf(terms, domain) !== id) {
    throw inputMalformed({ path, at: "id" }, "deal-id-differs");
  }
  return { id, domain, terms, unit: isNative(terms) ? nativeUnit : unit, panel, order, sellerSignature };
}

/** The domain that options name. Throws `usage-invalid`. */
export function parseDomain(values: DomainValues, path: string): EscrowDomain {
  const escrow = address.safeParse(values.escrow);
  const chainId = Number(values["chain-id"]);
  if (!escrow.success || !Number.isSafeInteger(chainId) || chainId <= 0) {
    throw usageInvalid("holdfast deal", "domain-missing", { path });
  }
  return { chainId, escrow: escrow.data };
}

export function isNative(terms: Terms): boolean {
  return BigInt(terms.token) === 0n;
}

/**
 * The unit of a deal's amounts. Throws `usage-invalid` when neither the file nor `decimals` says
 * it.
 */
export function unitOf(deal: DealFile, decimals: string | undefined): Unit {
  if (decimals !== undefined && /^\d{1,2}$/.test(decimals)) {
    return { symbol: deal.unit?.symbol ?? "", decimals: Number(decimals) };
  }
  if (deal.unit !== null) return deal.unit;
  throw usageInvalid("holdfast deal", "decimals-missing");
}
