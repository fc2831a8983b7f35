import type { Address, Hex } from "viem";
import * as z from "zod";
import {
  type Determination,
  determinationDigest,
  determinationSchema,
  determinationTypedData,
  type Extension,
  extensionDigest,
  extensionSchema,
  extensionTypedData,
} from "../core/deal/intents.ts";
import { panelSchema } from "../core/deal/panel.ts";
import { decimalJson } from "../core/decimalJson.ts";
import { address, bytes32, signature } from "../core/fields.ts";
import type { DescribedDetermination, DescribedExtension } from "../core/text/decisionSummary.ts";
import type { FieldProblem } from "../core/text/fieldProblems.ts";
import { readJson } from "./files.ts";
import { parseInput } from "./parseInput.ts";
import { inputMalformed, usageInvalid } from "./problems.ts";

/** Names and versions of the formats. Another version is another string. */
const determinationFormat = "holdfast-determination/3";
const extensionFormat = "holdfast-extension/2";
const signatureFormat = "holdfast-determination-signature/1";

const place = { digest: bytes32, chainId: z.int().positive(), tribunal: address };

const fileSchema = z.discriminatedUnion(
  "format",
  [
    z.strictObject({
      format: z.literal(determinationFormat),
      ...place,
      determination: determinationSchema,
      panel: panelSchema.nullable(),
      unit: z.strictObject({ symbol: z.string().max(16), decimals: z.int().min(0).max(36) }).nullable(),
    }),
    z.strictObject({
      format: z.literal(extensionFormat),
      ...place,
      extension: extensionSchema,
      panel: panelSchema.nullable(),
    }),
  ],
  "decision-version-unknown" satisfies FieldProblem,
);

/** A determination as it goes from one arbitrator to the next. */
export type DeterminationFile = DescribedDetermination;

/** An extension of a dispute, the same way. */
export type ExtensionFile = DescribedExtension;

/** What a panel signs: how the deal ends, or that it takes longer. */
export type DecisionFile = DeterminationFile | ExtensionFile;

const signatureFileSchema = z.strictObject({
  format: z.literal(signatureFormat),
  digest: bytes32,
  signer: address,
  signature,
});

/** One arbitrator's signature over a determination or an extension. */
export type SignatureFile = Readonly<{ digest: Hex; signer: Address; signature: Hex }>;

/** Options that say where a bare determination or extension is signed for. */
export const panelDomainOptions = {
  "chain-id": { type: "string", value: "N" },
  tribunal: { type: "string", value: "ADDRESS" },
} as const;

/** Puts a determination into the form of a file. */
export function determinationFileOf(
  determination: Determination,
  { domain, panel, unit }: Pick<DeterminationFile, "domain" | "panel" | "unit">,
): DeterminationFile {
  return { digest: determinationDigest(determination, domain), domain, determination, panel, unit };
}

/** Puts an extension into the form of a file. */
export function extensionFileOf(
  extension: Extension,
  { domain, panel }: Pick<ExtensionFile, "domain" | "panel">,
): ExtensionFile {
  return { digest: extensionDigest(extension, domain), domain, extension, panel };
}

/** A decision as JSON. */
export function decisionText({ digest, domain, ...rest }: DecisionFile): string {
  const format = "extension" in rest ? extensionFormat : determinationFormat;
  return `${decimalJson({ format, digest, ...domain, ...rest }, 2)}\n`;
}

export function signatureText(file: SignatureFile): string {
  return `${JSON.stringify({ format: signatureFormat, ...file }, null, 2)}\n`;
}

/** The deal that is decided. */
export function dealOfDecision(file: DecisionFile): Hex {
  return "extension" in file ? file.extension.deal : file.determination.deal;
}

/** Typed data that each arbitrator signs. */
export function decisionTypedData(file: DecisionFile) {
  return "extension" in file
    ? extensionTypedData(file.extension, file.domain)
    : determinationTypedData(file.determination, file.domain);
}

/**
 * Reads a determination or an extension, bare ones with the domain that the options name. Throws
 * `file-missing`, `file-unreadable`, `usage-invalid`, or `input-malformed`, also when the digest in
 * the file is not that of its content.
 */
export async function readDecision(
  path: string,
  values: { readonly "chain-id"?: string; readonly tribunal?: string } = {},
): Promise<DecisionFile> {
  const input = await readJson(path);
  if (typeof input === "object" && input !== null && !("format" in input)) return readBare(input, { path, values });
  const parsed = parseInput(fileSchema, input, path);
  const { digest, chainId, tribunal, panel } = parsed;
  const domain = { chainId, tribunal };
  const file =
    parsed.format === extensionFormat
      ? extensionFileOf(parsed.extension, { domain, panel })
      : determinationFileOf(parsed.determination, { domain, panel, unit: parsed.unit });
  if (file.digest === digest) return file;
  throw inputMalformed({ path, at: "digest" }, "digest-differs");
}

const readBare = (
  input: object,
  { path, values }: { path: string; values: { readonly "chain-id"?: string; readonly tribunal?: string } },
): DecisionFile => {
  if ("until" in input) {
    const extension = parseInput(extensionSchema, input, path);
    return extensionFileOf(extension, { domain: parseDomain(values, path), panel: null });
  }
  const determination = parseInput(determinationSchema, input, path);
  return determinationFileOf(determination, { domain: parseDomain(values, path), panel: null, unit: null });
};

const parseDomain = (values: { readonly "chain-id"?: string; readonly tribunal?: string }, path: string) => {
  const tribunal = address.safeParse(values.tribunal);
  const chainId = Number(values["chain-id"]);
  if (!tribunal.success || !Number.isSafeInteger(chainId) || chainId <= 0) {
    throw usageInvalid("holdfast determination", "tribunal-place-missing", { path });
  }
  return { chainId, tribunal: tribunal.data };
};

/** Reads one arbitrator's signature. */
export async function readSignature(path: string): Promise<SignatureFile> {
  const { format: _format, ...file } = parseInput(signatureFileSchema, await readJson(path), path);
  return file;
}
