import * as dagPb from "@ipld/dag-pb";
import { CID } from "multiformats/cid";
import * as raw from "multiformats/codecs/raw";
import { sha256 } from "multiformats/hashes/sha2";
import { ProtocolError } from "../core/errors.ts";
import { maxBlockBytes } from "./limits.ts";

const digestBytes = 32;

/** A CID from outside: CIDv1, sha2-256, raw or dag-pb, or `cid-unsupported`. */
export function parseCid(text: string): CID {
  let cid: CID;
  try {
    cid = CID.parse(text);
  } catch (cause) {
    throw new ProtocolError("cid-unsupported", { cid: text.slice(0, 128), reason: "malformed" }, { cause });
  }
  return requireSupported(cid);
}

/** The same CID when it is one that this project stores, else `cid-unsupported` with the reason. */
export function requireSupported(cid: CID): CID {
  const reason = unsupportedBecause(cid);
  if (reason !== undefined) throw new ProtocolError("cid-unsupported", { cid: cid.toString(), reason });
  return cid;
}

function unsupportedBecause(cid: CID): string | undefined {
  if (cid.version !== 1) return "version";
  if (cid.code !== raw.code && cid.code !== dagPb.code) return "codec";
  if (cid.multihash.code !== sha256.code || cid.multihash.digest.length !== digestBytes) return "hash";
  return undefined;
}

/** Whether the bytes are the ones that the CID names. A block above the size limit never is. */
export async function isIntact(cid: CID, bytes: Uint8Array): Promise<boolean> {
  if (bytes.length > maxBlockBytes) return false;
  const { digest } = await sha256.digest(bytes);
  const expected = cid.multihash.digest;
  return digest.length === expected.length && digest.every((byte, index) => byte === expected[index]);
}
