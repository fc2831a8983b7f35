import { basename, join } from "node:path";
import type { Address, Hex } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import type { Chain } from "../chain/client.ts";
import { headerAt } from "../chain/heads.ts";
import { ProtocolError } from "../core/errors.ts";
import { filingReceiptDigest } from "../core/evidence/anchorPromise.ts";
import { serializeBundle } from "../core/evidence/bundle.ts";
import { ciphertextSize } from "../core/evidence/cipher.ts";
import { digestFile } from "../core/evidence/digest.ts";
import type { EvidenceDomain, MetaField } from "../core/evidence/record.ts";
import { verifyBundle } from "../core/evidence/verify/verifyBundle.ts";
import { recoverSigner } from "../core/recoverSigner.ts";
import { escapeInvisible } from "../core/text/escapeInvisible.ts";
import type { Client } from "../sdk/client.ts";
import { assembleBundle, type FiledEvidence, fileEvidence } from "../sdk/evidence.ts";
import { createNodeDigester } from "../sdk/nodeDigester.ts";
import type { CommandContext } from "./command.ts";
import { BUNDLE_SUFFIX } from "./evidencePairs.ts";
import { readPieces, readText, requireRegular, statFile, writeNew } from "./files.ts";
import { mediaTypeOf } from "./mediaType.ts";
import { forgetFiling, recallFiling, rememberFiling } from "./pendingFiling.ts";
import { createProgressBar } from "./progressBar.ts";

export type FilingContext = {
  readonly client: Client;
  readonly chain: Chain;
  readonly domain: EvidenceDomain;
  /** Signs promises to anchor. */
  readonly relayer: Address;
  readonly wallet: PrivateKeyAccount;
  readonly recipients: readonly string[];
  readonly dealId: Hex | null;
  readonly meta: Readonly<Partial<Record<MetaField, string>>>;
  readonly outDir: string;
  /** Seconds that the record may wait for its anchor. */
  readonly validFor: number;
  /** Largest ciphertext that the relayer takes, in bytes. */
  readonly limit: number;
  readonly gateways: readonly string[];
  readonly context: CommandContext;
};

export type FiledFile = {
  readonly file: string;
  readonly bundle: string;
  readonly digest: Hex;
  readonly anchoredAt: number;
  /** It was filed by an earlier run. */
  readonly isOld: boolean;
};

/**
 * Files each file and writes its bundle once it is anchored. Before anything is uploaded every file is looked at, so that
 * one that is missing, empty, a directory or too large stops all. What is done stays done: the same call again goes on
 * with what is not.
 */
export const fileAll = async (files: readonly string[], filing: FilingContext): Promise<FiledFile[]> => {
  const { context } = filing;
  const { signal, progress } = context;
  const bundles = bundlePaths(files, filing.outDir);
  for (const file of files) await requireFileable(file, filing);

  const done: FiledFile[] = [];
  const waiting: { file: string; bundle: string; filed: FiledEvidence }[] = [];
  for (const [index, file] of files.entries()) {
    const bundle = bundles[index]!;
    const old = await readDone(file, bundle, filing);
    if (old !== undefined) {
      progress(`${escapeInvisible(file)}: filed before, its bundle verifies`);
      done.push(old);
      continue;
    }
    const filed = (await resumable(file, bundle, filing)) ?? (await fileOne(file, bundle, filing));
    await submit(filed, filing);
    waiting.push({ file, bundle, filed });
  }
  if (waiting.length > 0) progress(`Waiting for the anchor of ${waiting.length} file(s)...`);
  for (const { file, bundle, filed } of waiting) {
    const anchored = await filing.client.waitForAnchor(filed.digest, { signal });
    const { gateways } = filing;
    const text = serializeBundle(assembleBundle(filed, { ...anchored, gateways }));
    const anchoredAt = await check(file, text, filing);
    if (anchoredAt === undefined) throw new ProtocolError("anchor-not-found", { evidence: filed.digest });
    await writeNew(bundle, text);
    await forgetFiling(bundle);
    progress(`${escapeInvisible(file)}: anchored, bundle ${escapeInvisible(bundle)}`);
    done.push({ file, bundle, digest: filed.digest, anchoredAt, isOld: false });
  }
  return done;
};

const bundlePaths = (files: readonly string[], outDir: string): string[] => {
  const names = files.map((file) => basename(file));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new ProtocolError("usage-invalid", {
      problem: `Two files are called ${twice}; their bundles would have one name. File them one after the other with another --out.`,
      help: "holdfast evidence add",
    });
  }
  return names.map((name) => join(outDir, name + BUNDLE_SUFFIX));
};

const requireFileable = async (path: string, { limit }: FilingContext) => {
  const stats = await requireRegular(path);
  if (stats.size === 0) throw new ProtocolError("evidence-empty", { path });
  if (ciphertextSize(stats.size) > limit) throw new ProtocolError("evidence-too-large", { path, limit });
  // Opening it shows whether it can be read before others are filed.
  await mediaTypeOf(path);
};

/** A file that an earlier run finished. Throws `file-exists` when the bundle is there and does not belong to the file. */
const readDone = async (file: string, bundle: string, filing: FilingContext): Promise<FiledFile | undefined> => {
  if ((await statFile(bundle)) === undefined) return undefined;
  const { verdict } = await verifyBundle(await readText(bundle), {
    file: readPieces(file, { signal: filing.context.signal }),
    createDigester: createNodeDigester,
  });
  if (verdict.status !== "verified") throw new ProtocolError("file-exists", { path: bundle });
  const { digest, anchoredAt } = verdict;
  return { file, bundle, digest, anchoredAt, isOld: true };
};

/** What an interrupted run had signed, if it still is about this file, this deal and this key, and not too old. */
const resumable = async (file: string, bundle: string, filing: FilingContext): Promise<FiledEvidence | undefined> => {
  const filed = await recallFiling(bundle);
  if (filed === undefined) return undefined;
  const { sha256 } = await digestFile(readPieces(file, { signal: filing.context.signal }), {
    createDigester: createNodeDigester,
  });
  const isSame =
    filed.openings.file?.sha256 === sha256 &&
    (filed.openings.case?.dealId ?? null) === filing.dealId &&
    filed.submitter.address === filing.wallet.address.toLowerCase() &&
    filed.record.deadline > (await readTime(filing)) + LEAST_TIME;
  if (isSame) filing.context.progress(`${escapeInvisible(file)}: signed before, goes on from there`);
  return isSame ? filed : undefined;
};

const fileOne = async (file: string, bundle: string, filing: FilingContext): Promise<FiledEvidence> => {
  const { client, domain, wallet, recipients, context } = filing;
  const { signal, progress } = context;
  const stats = await statFile(file);
  const bar = createProgressBar(context, {
    label: `${basename(file)} encrypted and sent`,
    total: stats?.size ?? 0,
  });
  const filed = await fileEvidence(
    {
      file: readPieces(file, { onPiece: bar.advance, signal }),
      meta: { name: basename(file), type: await mediaTypeOf(file), ...filing.meta },
      dealId: filing.dealId,
      beacon: await readBeacon(filing.chain),
      deadline: (await readTime(filing)) + filing.validFor,
    },
    {
      domain,
      signer: { address: wallet.address, signTypedData: (typedData) => wallet.signTypedData(typedData) },
      recipients,
      random: (length) => crypto.getRandomValues(new Uint8Array(length)),
      importCiphertext: async (ciphertext) => (await client.uploadCiphertext(ciphertext, { signal })).cid,
      createDigester: createNodeDigester,
      signal,
    },
  );
  bar.end();
  await rememberFiling(bundle, filed);
  progress(`${escapeInvisible(file)}: encrypted, stored and signed`);
  return filed;
};

/** Hands a record in, again or for the first time, and checks the promise that comes back. */
const submit = async (filed: FiledEvidence, { client, domain, relayer, context }: FilingContext) => {
  const receipt = await client.submitEvidence(
    {
      record: filed.record,
      submitter: filed.submitter.address,
      signature: filed.signature,
      case: filed.openings.case ?? undefined,
    },
    { signal: context.signal },
  );
  const { leaf, receivedAt, anchorBy } = receipt;
  const signer = await recoverSigner(filingReceiptDigest({ leaf, receivedAt, anchorBy }, domain), receipt.signature);
  if (leaf !== filed.leaf || signer !== relayer) throw new ProtocolError("signature-invalid", { signer: relayer });
};

/** Verifies a finished bundle against the file and the chain's own answer. Seconds of the anchor, or `undefined`. */
const check = async (file: string, text: string, filing: FilingContext): Promise<number | undefined> => {
  const { signal } = filing.context;
  const { anchor } = JSON.parse(text) as { anchor: { blockNumber: number } };
  const header = await headerAt(filing.chain, anchor.blockNumber);
  const { verdict } = await verifyBundle(text, {
    file: readPieces(file, { signal }),
    createDigester: createNodeDigester,
    trusted: { deployment: filing.domain, ...(header === null ? {} : { blockHash: header.hash }) },
    signal,
  });
  return verdict.status === "verified" && verdict.isCanonical ? verdict.anchoredAt : undefined;
};

/** Seconds that must be left of a record's time, or a relayer may not take it any more; a fresh one is signed instead. */
const LEAST_TIME = 900;

/** Blocks behind the newest one that a short reorganisation takes back. */
const BEACON_DEPTH = 2;

const readBeacon = async (chain: Chain) => {
  const latest = await headerAt(chain, "latest");
  const header = latest && (await headerAt(chain, Math.max(0, latest.number - BEACON_DEPTH)));
  if (header == null) throw new ProtocolError("rpc-refused", { reason: "it shows no block" });
  return { number: header.number, hash: header.hash };
};

/** The later of the chain's clock and ours: a deadline must lie ahead of both. */
const readTime = async ({ chain, context }: FilingContext): Promise<number> =>
  Math.max((await headerAt(chain, "latest"))?.timestamp ?? 0, context.now());
