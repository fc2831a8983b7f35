import { ProtocolError } from "../../core/errors.ts";
import { maxHeadersBytes, parseHeadersFile } from "../../core/evidence/headersFile.ts";
import { readPemOrDer } from "../../core/evidence/timestamp/pem.ts";
import type { NamedHeaders, VerifyOptions } from "../../core/evidence/verify/options.ts";
import {
  disagreementAmong,
  parseTrustedBlock,
  parseTrustedRegistry,
} from "../../core/evidence/verify/trustedSources.ts";
import { bytesOf, type Gathered, PageError, textOf } from "./gathered.ts";

/** What the reader gave as trusted, as it was typed and chosen. */
export type StatedSources = Readonly<{
  /** `NUMBER:HASH`, one to a line. */
  blocks: string;
  /** `CHAIN:ADDRESS`, or empty. */
  registry: string;
  headers: readonly Gathered[];
  authorities: readonly Gathered[];
  revoked: readonly Gathered[];
}>;

const MAX_CERTIFICATES_BYTES = 16 * 1024 * 1024;

/**
 * Reads what the reader trusts. Throws `PageError` `source-malformed` or `sources-disagree`: then
 * nothing is checked, for evidence must not be refused because of a slip of the pen.
 */
export async function readSources(stated: StatedSources): Promise<NonNullable<VerifyOptions["trusted"]>> {
  const blocks = stated.blocks
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map((line) => parseTrustedBlock(line) ?? malformed(line));
  const headers = await Promise.all(stated.headers.map(readHeaders));
  const disagreement = disagreementAmong(blocks, headers);
  if (disagreement !== null) throw new PageError("sources-disagree", [String(disagreement.number)]);
  const registry = stated.registry.trim();
  return {
    blocks,
    headers,
    authorities: {
      roots: await readCertificates(stated.authorities, "certificate"),
      revocationLists: await readCertificates(stated.revoked, "revocationList"),
    },
    ...(registry === "" ? {} : { deployment: parseTrustedRegistry(registry) ?? malformed(registry) }),
  };
}

async function readHeaders(file: Gathered): Promise<NamedHeaders> {
  const text = await textOf(file, maxHeadersBytes);
  try {
    return { name: file.path, file: parseHeadersFile(text) };
  } catch (error) {
    if (error instanceof ProtocolError) return malformed(file.path);
    throw error;
  }
}

async function readCertificates(files: readonly Gathered[], kind: "certificate" | "revocationList") {
  const found: Uint8Array[] = [];
  for (const file of files) {
    const bytes = await bytesOf(file, MAX_CERTIFICATES_BYTES);
    try {
      found.push(...readPemOrDer(bytes, kind));
    } catch (error) {
      if (error instanceof ProtocolError) malformed(file.path);
      throw error;
    }
  }
  return found;
}

function malformed(name: string): never {
  throw new PageError("source-malformed", [name]);
}
