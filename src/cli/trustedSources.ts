import { basename, resolve } from "node:path";
import type { Hex } from "viem";
import { ProtocolError } from "../core/errors.ts";
import { maxHeadersBytes, parseHeadersFile } from "../core/evidence/headersFile.ts";
import type { NamedHeaders, TrustedBlock } from "../core/evidence/verify/options.ts";
import { bytes32 } from "../core/fields.ts";
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
  const blocks = new Map<number, Hex>();
  for (const text of stated) {
    const [number = "", hash = "", ...rest] = text.split(":");
    const parsed = bytes32.safeParse(hash);
    if (!/^(0|[1-9]\d{0,14})$/.test(number) || !parsed.success || rest.length > 0) {
      throw usageInvalid(HELP, "trusted-block-malformed");
    }
    if ((blocks.get(Number(number)) ?? parsed.data) !== parsed.data) {
      throw usageInvalid(HELP, "trusted-blocks-disagree", { number });
    }
    blocks.set(Number(number), parsed.data);
  }
  return [...blocks].map(([number, hash]) => ({ number, hash }));
};

const requireAgreement = (blocks: readonly TrustedBlock[], headers: readonly LocatedHeaders[]): void => {
  const byReader = new Map(blocks.map(({ number, hash }) => [number, hash]));
  const byFiles = new Map<string, Readonly<{ hash: Hex; path: string }>>();
  for (const { path, file } of headers) {
    for (const { number, hash, finalized } of file.blocks) {
      if (!finalized) continue;
      const key = `${file.chainId}:${number}`;
      const earlier = byFiles.get(key);
      const other =
        earlier !== undefined && earlier.hash !== hash
          ? earlier.path
          : (byReader.get(number) ?? hash) !== hash
            ? "--trusted-block"
            : undefined;
      if (other !== undefined)
        throw usageInvalid(HELP, "trusted-sources-disagree", { number, one: other, other: path });
      byFiles.set(key, { hash, path });
    }
  }
};
