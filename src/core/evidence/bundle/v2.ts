import * as z from "zod";
import { type Panel, panelSchema } from "../../deal/panel.ts";
import { type TermsJson, termsSchema, termsToJson } from "../../deal/terms.ts";
import { keySignature } from "../custody.ts";
import { strictAddress } from "../record.ts";
import { maxTokenBytes } from "../timestamp/limits.ts";
import { commonFields, opensItsFile } from "./v1.ts";

/** Name of the version that is written. Another version is another string. */
export const formatV2 = "holdfast-evidence-bundle/2";

/** Authorities whose tokens one bundle holds, at most. */
export const maxTimestampChains = 4;
/** Tokens of one authority, the first and its renewals, at most. */
export const maxTimestampChain = 8;

/** Takes what is in the one spelling that `write` gives it; other readers take no other. */
function inOneSpelling<T, Json>(schema: z.ZodType<T>, write: (value: T) => Json) {
  return z.unknown().transform((value, context): Json => {
    const parsed = schema.safeParse(value);
    const written = parsed.success ? write(parsed.data) : undefined;
    if (written !== undefined && isSameJson(value, written)) return written;
    context.addIssue({ code: "custom", path: parsed.error?.issues[0]?.path ?? [] });
    return z.NEVER;
  });
}

/** Flat objects, whatever order their keys come in. */
function isSameJson(value: unknown, written: unknown): boolean {
  const sorted = (one: unknown) => JSON.stringify(one, Object.keys(one as object).sort());
  return sorted(value) === sorted(written);
}

/**
 * A token in DER, in base64 (RFC 4648) with padding and in its one spelling: the bits that stand
 * for no byte are zero.
 */
const tokenSchema = z
  .string()
  .min(4)
  .max(4 * Math.ceil(maxTokenBytes / 3))
  .regex(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$/);

/** Tokens over a root: for each authority the first, then its renewals. */
export const timestampsSchema = z.array(z.array(tokenSchema).min(1).max(maxTimestampChain)).max(maxTimestampChains);

/**
 * What the relayer signed when it took the record in: `Receipt` of `anchorPromise`. Unix seconds.
 */
export const promiseSchema = z.strictObject({
  relayer: strictAddress,
  receivedAt: z.int().nonnegative(),
  anchorBy: z.int().positive(),
  signature: keySignature,
});

/**
 * A bundle of the second version: the first, and what lets a reader say who signed in the deal,
 * what the relayer promised, and when authorities saw the root.
 */
export const bundleV2 = z
  .strictObject({
    format: z.literal(formatV2),
    ...commonFields,
    /**
     * The terms whose id the record opens to, and their panel where it is known. Nobody has to sign
     * them again: the id is computed from them.
     */
    deal: z
      .strictObject({
        escrow: strictAddress,
        terms: inOneSpelling(termsSchema, (terms): TermsJson => termsToJson(terms)),
        panel: inOneSpelling(panelSchema, (panel): Panel => panel).nullable(),
      })
      .nullable(),
    promise: promiseSchema.nullable(),
    /**
     * RFC 3161 tokens over the root, DER in base64: for each authority the first, then its
     * renewals, each over root and the token before (`timestampedBytes`).
     */
    timestamps: timestampsSchema,
  })
  .refine(opensItsFile, { path: ["openings", "file"] })
  .refine(({ deal, openings }) => deal === null || openings.case !== null, { path: ["deal"] });
