import * as z from "zod";
import { ProtocolError } from "../errors.ts";
import { seconds } from "../fields.ts";
import { parseStrictJson } from "../strictJson.ts";
import { strictBytes32 } from "./record.ts";

/** Name and version of the format. Another version is another string. */
export const headersFormat = "holdfast-headers/1";

/** A larger text is refused before it is read, and never written. */
export const maxHeadersBytes = 1024 * 1024;

/**
 * Name and port of a node, as URLs spell them. Nothing else of a node's address is ever kept: its
 * path, its query and its user may be a key.
 */
export const nodeHost = z
  .string()
  .max(260)
  .regex(/^[a-z0-9._:[\]-]+$/);

const isAscending = <T>(items: readonly T[], keyOf: (item: T) => string | number) =>
  items.every((item, i) => i === 0 || keyOf(items[i - 1]!) < keyOf(item));

const hosts = z
  .array(nodeHost)
  .min(1)
  .refine((list) => isAscending(list, (host) => host));

/**
 * Blocks of one chain as nodes answered for them: what a court keeps to confirm times without a
 * network. Nothing in it is signed, so it is worth what its maker's word is worth.
 */
const headersFileSchema = z
  .strictObject({
    format: z.literal(headersFormat),
    chainId: z.int().positive(),
    /** When the nodes were asked, by the clock of whoever asked. */
    collectedAt: seconds,
    /** Every node that was asked. */
    sources: hosts,
    /** In the order of their numbers. */
    blocks: z
      .array(
        z.strictObject({
          number: z.int().nonnegative(),
          hash: strictBytes32,
          /** That of the header. */
          time: seconds,
          /** Whether every source said so. A block that is not final may yet leave the chain. */
          finalized: z.boolean(),
          /** The nodes that gave this hash. */
          sources: hosts,
        }),
      )
      .min(1)
      .refine((blocks) => isAscending(blocks, ({ number }) => number)),
  })
  .refine(({ sources, blocks }) => blocks.every((block) => block.sources.every((host) => sources.includes(host))), {
    path: ["sources"],
  });
/** Blocks of one chain as nodes answered for them. Times are Unix seconds. */
export type HeadersFile = z.output<typeof headersFileSchema>;

/**
 * Reads a file of headers. One value has one spelling, as in a bundle.
 * @throws ProtocolError `headers-too-large`, `headers-version-unknown` or `headers-malformed` with
 *   the path of the field
 */
export function parseHeadersFile(text: string): HeadersFile {
  if (text.length > maxHeadersBytes) throw new ProtocolError("headers-too-large", { length: text.length });
  const value = readJson(text);
  const format = typeof value === "object" && value !== null && "format" in value ? value.format : undefined;
  if (typeof format === "string" && format !== headersFormat && format.startsWith("holdfast-headers/")) {
    throw new ProtocolError("headers-version-unknown", { format: format.slice(0, 64) });
  }
  return check(value);
}

/**
 * Writes a file of headers with its keys in the order of the schema: equal content is equal bytes.
 * @throws ProtocolError `headers-too-large`, or `headers-malformed` for values that no chain has
 */
export function serializeHeadersFile(file: HeadersFile): string {
  const text = `${JSON.stringify(check(file), null, 1)}\n`;
  if (text.length > maxHeadersBytes) throw new ProtocolError("headers-too-large", { length: text.length });
  return text;
}

function check(value: unknown): HeadersFile {
  const parsed = headersFileSchema.safeParse(value);
  if (!parsed.success) throw malformed(parsed.error.issues[0]?.path.join(".") ?? "");
  return parsed.data;
}

function readJson(text: string): unknown {
  try {
    return parseStrictJson(text);
  } catch (cause) {
    throw malformed("", cause);
  }
}

function malformed(path: string, cause?: unknown) {
  return new ProtocolError("headers-malformed", { path }, { cause });
}
