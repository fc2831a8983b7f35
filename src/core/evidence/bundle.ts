import type * as z from "zod";
import { ProtocolError } from "../errors.ts";
import { parseStrictJson } from "../strictJson.ts";
import { bundleV1, formatV1 } from "./bundle/v1.ts";
import { bundleV2, formatV2 } from "./bundle/v2.ts";
import { type MetaField, metaFields } from "./record.ts";

/** Name and version of the format that is written. */
export const bundleFormat = formatV2;

/** Every version that is read, the oldest first. */
export const bundleFormats = [formatV1, formatV2] as const;

/**
 * Bytes that a bundle of ours has at most, in a block of 200 transactions and a tree of a million
 * leaves, with the deal, the promise and one token of 2 KB.
 */
export const bundleBytesTarget = 16 * 1024;

/** Characters; a longer text is refused before it is read. */
export const maxBundleBytes = 256 * 1024;

/** What a bundle's name ends with, after the name of its file. */
export const bundleSuffix = ".evidence.json";

/**
 * What a court gets beside the file: record, signature, proof of the anchor, openings, deal,
 * promise, time stamps, custody. One of the first version has no deal, promise or time stamps.
 */
export type EvidenceBundle = Omit<z.output<typeof bundleV2>, "format"> & {
  format: (typeof bundleFormats)[number];
};

/**
 * Reads the text of a `*.evidence.json` of any version. White space between tokens and a byte order
 * mark before them are free; apart from that one value has one spelling: a repeated key, an escape
 * that is not needed or a number like `1.0` is refused, because readers would disagree on it.
 * @throws ProtocolError `bundle-too-large`, `bundle-version-unknown` or `bundle-malformed` with the
 *   path of the field
 */
export function parseBundle(text: string): EvidenceBundle {
  if (text.length > maxBundleBytes) throw new ProtocolError("bundle-too-large", { length: text.length });
  const value = readJson(text);
  const format = typeof value === "object" && value !== null && "format" in value ? value.format : undefined;
  const isKnown = bundleFormats.some((known) => known === format);
  if (typeof format === "string" && !isKnown && format.startsWith("holdfast-evidence-bundle/")) {
    throw new ProtocolError("bundle-version-unknown", { format: format.slice(0, 64) });
  }
  const parsed = format === formatV1 ? bundleV1.safeParse(value) : bundleV2.safeParse(value);
  if (!parsed.success) throw malformed(parsed.error.issues[0]?.path.join(".") ?? "");
  return { deal: null, promise: null, timestamps: [], ...parsed.data };
}

/**
 * Writes a bundle in its version, with its keys in the order of the schema: equal bundles are equal
 * bytes.
 */
export function serializeBundle(bundle: EvidenceBundle): string {
  const { deal, promise, timestamps, ...first } = bundle;
  const written = bundle.format === formatV1 ? bundleV1.parse(first) : bundleV2.parse(bundle);
  return `${JSON.stringify(written, null, 1)}\n`;
}

/**
 * The same bundle with only these facts about the file disclosed; the others keep their leaves, so
 * it verifies as before. Nothing that is closed can be opened.
 */
export function discloseOnly(bundle: EvidenceBundle, fields: readonly MetaField[]): EvidenceBundle {
  const { meta } = bundle.openings;
  const disclosed = metaFields.map((field) => [
    field,
    fields.includes(field) ? meta[field] : { leaf: meta[field].leaf },
  ]);
  return { ...bundle, openings: { ...bundle.openings, meta: Object.fromEntries(disclosed) as typeof meta } };
}

function readJson(text: string): unknown {
  try {
    return parseStrictJson(text);
  } catch (cause) {
    throw malformed("", cause);
  }
}

function malformed(path: string, cause?: unknown) {
  return new ProtocolError("bundle-malformed", { path }, { cause });
}
