import { randomBytes } from "node:crypto";
import { link, open, rename, rm } from "node:fs/promises";
import { basename } from "node:path";
import { pipeline } from "node:stream/promises";
import { createChain, requireChain } from "../../chain/client.ts";
import { requireSigned } from "../../chain/signature.ts";
import { ProtocolError } from "../../core/errors.ts";
import { type EvidenceBundle, parseBundle } from "../../core/evidence/bundle.ts";
import { ciphertextSize, decryptFile } from "../../core/evidence/cipher.ts";
import type { VerifyOptions } from "../../core/evidence/verify/options.ts";
import { verifyBundle } from "../../core/evidence/verify/verifyBundle.ts";
import { escapeInvisible } from "../../core/text/escapeInvisible.ts";
import { findingText } from "../../core/text/finding.ts";
import { formatBytes } from "../../core/text/units.ts";
import { sentencesAbout } from "../../core/text/verdict.ts";
import { isGatewayUrl, readFromGateways } from "../../ipfs/gatewayClient.ts";
import { maxFileBytes } from "../../ipfs/limits.ts";
import { createNodeDigester } from "../../sdk/nodeDigester.ts";
import { readIdentityFile } from "../ageIdentity.ts";
import { allowedGateways } from "../allowedGateways.ts";
import { readBundleText } from "../bundleText.ts";
import { ciphertextFile, contentKeyFrom } from "../ciphertextFile.ts";
import { defineCommand } from "../command.ts";
import { connect, urlOption } from "../connect.ts";
import { exitCodeOfVerdict } from "../exitCodes.ts";
import { fileError, readPieces, statFile } from "../files.ts";
import { usageInvalid } from "../problems.ts";

const HELP = "holdfast evidence open";
const OWNER_ONLY = 0o600;

export const evidenceOpen = defineCommand({
  text: ({ command }) => command.evidenceOpen,
  usage: "BUNDLE --identity FILE --out FILE [--url URL | --ciphertext FILE | --allow-host HOST...] [--rpc URL]",
  examples: [
    "holdfast evidence open photo.jpg.evidence.json --identity reader.txt --out photo.jpg --url http://127.0.0.1:8787",
    "holdfast evidence open photo.jpg.evidence.json --identity reader.txt --out photo.jpg --ciphertext photo.enc",
    "holdfast evidence open photo.jpg.evidence.json --identity reader.txt --out photo.jpg --allow-host gateway.example",
  ],
  options: {
    identity: { type: "string", value: "FILE" },
    out: { type: "string", value: "FILE" },
    url: urlOption,
    ciphertext: { type: "string", value: "FILE" },
    "allow-host": { type: "string", value: "HOST", multiple: true },
    rpc: { type: "string", value: "URL" },
  },
  positionals: [1, 1],
  run: async ({ values, positionals: [path = ""] }, context) => {
    const { signal, language, texts } = context;
    const out = required(values.out, "--out FILE");
    const { identity } = await readIdentityFile(required(values.identity, "--identity FILE"));
    if ((await statFile(out)) !== undefined) throw new ProtocolError("file-exists", { path: out });
    const text = await readBundle(path);
    const bundle = parseBundle(text);
    const { gateways } = bundle.hints;
    const key = await contentKeyFrom(bundle, { identity, path });
    if (values.url !== undefined) connect(values.url, HELP);
    const sources = async () => {
      if (values.url !== undefined) return [new URL(values.url).origin];
      const named = gateways.filter(isGatewayUrl);
      if (named.length === 0) throw usageInvalid(HELP, "ciphertext-missing");
      return allowedGateways(named, { allowed: values["allow-host"] ?? [], context });
    };
    const ciphertext =
      values.ciphertext === undefined
        ? fetched(bundle, { gateways: await sources(), signal })
        : ciphertextFile(values.ciphertext, signal);
    const partial = await decryptBeside(out, decryptFile(ciphertext.open(), key, { signal }), signal);
    try {
      const verification = await verifyBundle(text, {
        file: readPieces(partial, { signal }),
        ciphertext,
        checkContractSignature: contractCheck(bundle, values.rpc),
        createDigester: createNodeDigester,
        signal,
      });
      const { verdict, checks, file } = verification;
      const sentences = sentencesAbout(verification, { file: basename(out), text }, language);
      if (verdict.status !== "verified") {
        return {
          text: `${findingText({ file: out, bundle: path, verdict, sentences, verification }, language)}\n${texts.outcome.nothingWritten}`,
          json: { file: null, verdict, message: sentences[0], checks },
          exitCode: exitCodeOfVerdict[verdict.status],
        };
      }
      await placeNew(partial, out);
      const { size, sha256 } = file!;
      const words = texts.command.evidenceOpen;
      return {
        text: [
          words.opened(escapeInvisible(out), formatBytes(size)),
          ...sentences.map(({ label, text: sentence }) => `  ${label} ${sentence}`),
          words.checkAgain(escapeInvisible(out), escapeInvisible(path)),
        ].join("\n"),
        json: { file: out, size, sha256, verdict, caveats: sentences },
      };
    } finally {
      await rm(partial, { force: true });
    }
  },
});

const required = (value: string | undefined, option: string): string => {
  if (value === undefined) throw usageInvalid(HELP, "option-missing", { option });
  return value;
};

const readBundle = async (path: string): Promise<string> => {
  const bundle = await readBundleText(path);
  if ("why" in bundle) throw new ProtocolError(bundle.why, { path });
  return bundle.text;
};

/** From gateways, by the signed CID: every block is checked against it on the way. */
const fetched = (
  bundle: EvidenceBundle,
  { gateways, signal }: { gateways: readonly string[]; signal: AbortSignal },
) => ({
  open: () => readFromGateways(bundle.record.cid, { gateways, maxBytes: largestCiphertext(bundle), signal }),
  cidOf: async () => bundle.record.cid,
});

/**
 * What the stated length comes to when encrypted; the store's limit where no length is stated that
 * can be true.
 */
const largestCiphertext = ({ openings }: EvidenceBundle): number => {
  const { size } = openings.meta;
  const stated = "value" in size && /^[1-9]\d{0,14}$/.test(size.value) ? ciphertextSize(Number(size.value)) : undefined;
  return Math.min(stated ?? maxFileBytes, maxFileBytes);
};

/** Asks the chain whether a contract wallet signed, where a node of it is named. */
const contractCheck = (bundle: EvidenceBundle, rpcUrl: string | undefined): VerifyOptions["checkContractSignature"] => {
  if (rpcUrl === undefined) return undefined;
  return async (signer, digest, signature) => {
    const chain = createChain({ rpcUrls: [rpcUrl], chainId: bundle.anchor.chainId });
    try {
      await requireChain(chain);
      await requireSigned(chain, { signer, digest, signature });
      return true;
    } catch (error) {
      if (error instanceof ProtocolError && error.code === "signature-invalid") return false;
      throw error;
    } finally {
      chain.close();
    }
  };
};

/**
 * Writes what comes out under a name that nothing has, in the same directory. Returns that name.
 */
const decryptBeside = async (out: string, plaintext: AsyncIterable<Uint8Array>, signal: AbortSignal) => {
  const partial = `${out}.${randomBytes(8).toString("hex")}.part`;
  let isOurs = false;
  try {
    const handle = await open(partial, "wx", OWNER_ONLY);
    isOurs = true;
    await pipeline(plaintext, handle.createWriteStream({ flush: true }), { signal });
    return partial;
  } catch (error) {
    if (isOurs) await rm(partial, { force: true });
    throw fileError(error, out, "write");
  }
};

/** Gives a file its final name unless that is taken. Throws `file-exists` or `file-unwritable`. */
const placeNew = async (partial: string, out: string) => {
  try {
    await link(partial, out);
  } catch (error) {
    const hasNoLinks =
      error instanceof Error && "code" in error && /^(EPERM|ENOTSUP|ENOSYS|EMLINK)$/.test(`${error.code}`);
    if (!hasNoLinks || (await statFile(out)) !== undefined) throw fileError(error, out, "write");
    await rename(partial, out);
  }
};
