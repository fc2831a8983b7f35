import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { parseBundle } from "../../core/bundle.ts";
import { decryptFile } from "../../core/cipher.ts";
import { ProtocolError } from "../../core/errors.ts";
import { unwrapContentKey } from "../../sdk/evidence.ts";
import { createNodeDigester } from "../../sdk/nodeDigester.ts";
import { readFromGateways } from "../../storage/gatewayClient.ts";
import { readIdentityFile } from "../ageIdentity.ts";
import { defineCommand } from "../command.ts";
import { connect, urlOption } from "../connect.ts";
import { fileError, readPieces, readText, statFile } from "../files.ts";
import { formatBytes } from "../units.ts";

const HELP = "holdfast evidence open";

export const evidenceOpen = defineCommand({
  summary: "fetch and decrypt a file that was encrypted for you",
  usage: "BUNDLE --identity FILE --out FILE [--url URL | --ciphertext FILE]",
  about: [
    "An arbitrator, the other party or a court opens evidence with their own encryption key. The encrypted file comes",
    "from a relayer, from where the bundle says it can be found, or from a copy. Nobody on the way is trusted: each block",
    "is checked against its hash, and what comes out is compared with the signed SHA-256 before it gets its name.",
  ].join("\n"),
  examples: [
    [
      "holdfast evidence open photo.jpg.evidence.json --identity reader.txt --out photo.jpg --url http://127.0.0.1:8787",
      "from a relayer",
    ],
    [
      "holdfast evidence open photo.jpg.evidence.json --identity reader.txt --out photo.jpg --ciphertext photo.enc",
      "from a copy, without a network",
    ],
  ],
  options: {
    identity: { type: "string", value: "FILE", about: "your encryption key (`holdfast keys encryption`)" },
    out: { type: "string", value: "FILE", about: "where the file goes; it must not exist" },
    url: urlOption,
    ciphertext: { type: "string", value: "FILE", about: "the encrypted file, instead of fetching it" },
  },
  positionals: [1, 1],
  run: async ({ values, positionals: [path = ""] }, { signal }) => {
    const out = required(values.out, "--out FILE");
    const { identity } = await readIdentityFile(required(values.identity, "--identity FILE"));
    if ((await statFile(out)) !== undefined) throw new ProtocolError("file-exists", { path: out });
    const bundle = parseBundle(await readText(path));
    const { wrappedKey, gateways } = bundle.hints;
    const expected = bundle.openings.file?.sha256;
    if (expected === undefined || wrappedKey === null) {
      throw new ProtocolError("input-malformed", {
        path,
        problem: "this record has no file, or its key is not in the bundle",
      });
    }
    const key = await unwrapContentKey(wrappedKey, identity);
    const sources = values.url === undefined ? gateways : [new URL(values.url).origin];
    if (values.url !== undefined) connect(values.url, HELP);
    if (values.ciphertext === undefined && sources.length === 0) {
      throw new ProtocolError("usage-invalid", {
        problem: "Say where the encrypted file is: --url or --ciphertext.",
        help: HELP,
      });
    }
    const ciphertext =
      values.ciphertext === undefined
        ? readFromGateways(bundle.record.cid, { gateways: sources, signal })
        : readPieces(values.ciphertext, { signal });
    const size = await writeChecked(decryptFile(ciphertext, key, { signal }), { out, expected });
    return {
      text: `${out}: ${formatBytes(size)}, the file that was signed.`,
      json: { file: out, size, sha256: expected },
    };
  },
});

const required = (value: string | undefined, option: string): string => {
  if (value === undefined) throw new ProtocolError("usage-invalid", { problem: `Give ${option}.`, help: HELP });
  return value;
};

/** Nothing that is not the signed file ever stands under the final name. */
const writeChecked = async (
  plaintext: AsyncIterable<Uint8Array>,
  { out, expected }: { out: string; expected: string },
): Promise<number> => {
  const partial = `${out}.part`;
  const digester = await createNodeDigester();
  async function* digested() {
    for await (const piece of plaintext) {
      digester.add(piece);
      yield piece;
    }
  }
  try {
    await pipeline(digested(), createWriteStream(partial, { mode: 0o600 }));
    const { sha256, size } = digester.finish();
    if (sha256 !== expected) throw new ProtocolError("cipher-altered", { chunk: 0 });
    await rename(partial, out);
    return size;
  } catch (error) {
    await rm(partial, { force: true });
    throw fileError(error, out, "write");
  }
};
