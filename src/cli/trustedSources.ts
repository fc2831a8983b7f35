import { basename, resolve } from "node:path";
import { ProtocolError } from "../core/errors.ts";
import { maxHeadersBytes, parseHeadersFile } from "../core/evidence/headersFile.ts";
import type { NamedHeaders, TrustedBlock } from "../core/evidence/verify/options.ts";
import { disagreementAmong, parseTrustedBlock } from "../core/evidence/verify/trustedSources.ts";
import { readText, requireRegular } from "./files.ts";
import { usageInvalid } from "./problems.ts";

const HELP = "holdfast verify";

/** What the reader knows of the chain: blocks by their numbers, and files of headers. */
export type TrustedSources = Readonly<{ blocks: readonly TrustedBlock[]; headers: readonly NamedHeaders[] }>;

type LocatedHeaders = NamedHeaders & Readonly<{ path: string }>;

/**
 * Reads `NUMBER:HASH` and files of headers. Two hashes for one block are a mistake, and no evidence
 * is refused for it. A block without its chain must agree with every file. Throws `usage-invalid`,
 * `headers-malformed`, `headers-too-large`, `headers-version-unknown`, `file-missing`,
 * `file-unreadable`.
 */
export async function readTrustedSources(stated: readonly string[], paths: readonly string[]): Promise<TrustedSources> {
  const blocks = parseBlocks(stated);
  const headers: LocatedHeaders[] = [];
  for (const path of new Map(paths.map((one) => [resolve(one), one])).values()) {
    headers.push({ path, name: basename(path), file: await readHeadersFile(path) });
  }
  requireAgreement(blocks, headers);
  return { blocks, headers };
}

const readHeadersFile = async (path: string) => {
  const { size } = await requireRegular(path);
  if (size > maxHeadersBytes) throw new ProtocolError("headers-too-large", { file: path, length: size });
  const text = await readText(path);
  try {
    return parseHeadersFile(text);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new ProtocolError(error.code, { ...error.details, file: path }, { cause: error });
  }
};

/** `NUMBER:HASH` for each block. */
const parseBlocks = (stated: readonly string[]): TrustedBlock[] => {
  const blocks = new Map<number, TrustedBlock>();
  for (const text of stated) {
    const block = parseTrustedBlock(text);
    if (block === null) throw usageInvalid(HELP, "trusted-block-malformed");
    if (disagreementAmong([block, ...blocks.values()], []) !== null) {
      throw usageInvalid(HELP, "trusted-blocks-disagree", { number: String(block.number) });
    }
    blocks.set(block.number, block);
  }
  return [...blocks.values()];
};

const requireAgreement = (blocks: readonly TrustedBlock[], headers: readonly LocatedHeaders[]): void => {
  const named = headers.map(({ path, file }) => ({ name: path, file }));
  const found = disagreementAmong(blocks, named);
  if (found === null) return;
  const { number, one, other } = found;
  throw usageInvalid(HELP, "trusted-sources-disagree", { number, one: one ?? "--trusted-block", other });
};
