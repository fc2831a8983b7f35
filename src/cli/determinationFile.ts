import type { Address, Hex } from "viem";
import { z } from "zod";
import { ProtocolError } from "../core/errors.ts";
import { type Determination, determinationDigest, determinationSchema, type PanelDomain } from "../core/intents.ts";
import type { Panel } from "../core/panel.ts";
import { address, bytes32, signature } from "../core/wire.ts";
import { panelSchema } from "./dealFile.ts";
import { readJson } from "./files.ts";
import { columns } from "./help.ts";
import { parseInput } from "./parseInput.ts";
import { formatAmount, formatTime, type Unit } from "./units.ts";

/** Names and versions of the formats. Another version is another string. */
export const determinationFormat = "holdfast-determination/1";
export const signatureFormat = "holdfast-determination-signature/1";

const determinationFileSchema = z.strictObject({
  format: z.literal(determinationFormat),
  digest: bytes32,
  chainId: z.int().positive(),
  tribunal: address,
  determination: determinationSchema,
  panel: panelSchema.nullable(),
  unit: z.strictObject({ symbol: z.string().min(1).max(16), decimals: z.int().min(0).max(36) }).nullable(),
});

/** A determination as it goes from one arbitrator to the next. */
export type DeterminationFile = Readonly<{
  digest: Hex;
  domain: PanelDomain;
  determination: Determination;
  panel: Panel | null;
  unit: Unit | null;
}>;

const signatureFileSchema = z.strictObject({
  format: z.literal(signatureFormat),
  digest: bytes32,
  signer: address,
  signature,
});

/** One arbitrator's signature over a determination. */
export type SignatureFile = Readonly<{ digest: Hex; signer: Address; signature: Hex }>;

/** Options that say where a bare determination is signed for. */
export const panelDomainOptions = {
  "chain-id": { type: "string", value: "N", about: "chain of the tribunal, where FILE holds a bare determination" },
  tribunal: { type: "string", value: "ADDRESS", about: "tribunal contract, where FILE holds a bare determination" },
} as const;

/** Puts a determination into the form of a file. */
export const determinationFileOf = (
  determination: Determination,
  { domain, panel, unit }: Pick<DeterminationFile, "domain" | "panel" | "unit">,
): DeterminationFile => ({ digest: determinationDigest(determination, domain), domain, determination, panel, unit });

const decimal = (_: string, value: unknown) => (typeof value === "bigint" ? value.toString() : value);

export const determinationText = ({ digest, domain, ...rest }: DeterminationFile): string =>
  `${JSON.stringify({ format: determinationFormat, digest, ...domain, ...rest }, decimal, 2)}\n`;

export const signatureText = (file: SignatureFile): string =>
  `${JSON.stringify({ format: signatureFormat, ...file }, null, 2)}\n`;

/**
 * Reads a determination, bare ones with the domain that the options name. Throws `file-missing`, `file-unreadable`,
 * `usage-invalid`, or `input-malformed`, also when the digest in the file is not that of its content.
 */
export const readDetermination = async (
  path: string,
  values: { readonly "chain-id"?: string; readonly tribunal?: string } = {},
): Promise<DeterminationFile> => {
  const input = await readJson(path);
  if (typeof input === "object" && input !== null && !("format" in input)) {
    const determination = parseInput(determinationSchema, input, path);
    return determinationFileOf(determination, { domain: parseDomain(values, path), panel: null, unit: null });
  }
  const { digest, chainId, tribunal, determination, panel, unit } = parseInput(determinationFileSchema, input, path);
  const file = determinationFileOf(determination, { domain: { chainId, tribunal }, panel, unit });
  if (file.digest === digest) return file;
  throw new ProtocolError("input-malformed", {
    path,
    at: "digest",
    problem: "it is not the digest of this determination; somebody changed one or the other",
  });
};

const parseDomain = (values: { readonly "chain-id"?: string; readonly tribunal?: string }, path: string) => {
  const tribunal = address.safeParse(values.tribunal);
  const chainId = Number(values["chain-id"]);
  if (!tribunal.success || !Number.isSafeInteger(chainId) || chainId <= 0) {
    throw new ProtocolError("usage-invalid", {
      problem: `${path} holds a bare determination; say what it is signed for: --chain-id N --tribunal ADDRESS.`,
      help: "holdfast determination",
    });
  }
  return { chainId, tribunal: tribunal.data };
};

/** Reads one arbitrator's signature. */
export const readSignature = async (path: string): Promise<SignatureFile> => {
  const { format: _format, ...file } = parseInput(signatureFileSchema, await readJson(path), path);
  return file;
};

/** What the arbitrators decide, in words. */
export const determinationSummary = ({ digest, domain, determination, panel, unit }: DeterminationFile): string => {
  const money = (amount: bigint) => formatAmount(amount, unit ?? { symbol: "minor units", decimals: 0 });
  const { deal, toBuyer, toSeller, compensation, reasons, evidence, deadline } = determination;
  return [
    `Determination ${digest}`,
    columns([
      ["deal", deal],
      ["to the buyer", money(toBuyer)],
      ["to the seller", `${money(toSeller)}, before the marketplace's fee`],
      ["compensation", `${money(compensation)} to the buyer, from the seller's coverage and nothing else`],
      ["reasons", `document with digest ${reasons}`],
      ["evidence", `judged, digest ${evidence}`],
      ["executed before", formatTime(deadline)],
      ["tribunal", `${domain.tribunal} on chain ${domain.chainId}`],
      panel === null
        ? ["panel", "as the deal's terms say"]
        : ["panel", `${panel.threshold} of ${panel.arbitrators.length} sign: ${panel.arbitrators.join(", ")}`],
    ]),
    "When enough arbitrators have signed, anyone may carry it, and the money moves in that transaction.",
  ].join("\n\n");
};
