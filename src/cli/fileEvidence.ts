import { basename, join } from "node:path";
import type { Hex } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import type { Chain } from "../chain/client.ts";
import { headerAt } from "../chain/heads.ts";
import { ProtocolError } from "../core/errors.ts";
import { bundleSuffix } from "../core/evidence/bundle.ts";
import type { MetaField } from "../core/evidence/record.ts";
import type { KnownDeal } from "../core/evidence/verify/subject.ts";
import { verifyBundle } from "../core/evidence/verify/verifyBundle.ts";
import { escapeInvisible } from "../core/text/escapeInvisible.ts";
import type { Client } from "../sdk/client.ts";
import { type FileToAnchor, type FilingProgress, fileAndAnchor } from "../sdk/fileAndAnchor.ts";
import { createNodeDigester } from "../sdk/nodeDigester.ts";
import { createNodeSealer } from "../sdk/nodeSealer.ts";
import type { CommandContext } from "./command.ts";
import { readPieces, readText, requireRegular, statFile, writeNew } from "./files.ts";
import { mediaTypeOf } from "./mediaType.ts";
import { forgetFiling, recallFiling, recallUpload, rememberFiling, rememberUpload } from "./pendingFiling.ts";
import { usageInvalid } from "./problems.ts";
import { createProgressBar } from "./terminal/progressBar.ts";

export type FilingContext = {
  readonly client: Client;
  readonly chain: Chain;
  readonly wallet: PrivateKeyAccount;
  readonly recipients: readonly string[];
  readonly dealId: Hex | null;
  /** Its terms and panel for the bundles; without them the relayer is asked. */
  readonly deal: KnownDeal | null | undefined;
  readonly meta: Readonly<Partial<Record<MetaField, string>>>;
  readonly outDir: string;
  /** Seconds that the record may wait for its anchor. */
  readonly validFor: number;
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
 * Files each file and writes its bundle once it is anchored. Before anything is uploaded every file
 * is looked at, so that one that is missing, empty, a directory or too large stops all. What is
 * done stays done: the same call again goes on with what is not.
 */
export async function fileAll(files: readonly string[], filing: FilingContext): Promise<FiledFile[]> {
  const { client, chain, wallet, recipients, dealId, context } = filing;
  const { signal, progress, now, texts } = context;
  const bundles = bundlePaths(files, filing.outDir);
  const toAnchor: FileToAnchor[] = [];
  for (const file of files) toAnchor.push(await fileable(file, filing));

  const old: FiledFile[] = [];
  for (const file of files) {
    const done = await readDone(file, bundles.get(file)!, signal);
    if (done === undefined) continue;
    await forgetFiling(bundles.get(file)!);
    progress(texts.filing.filedBefore(escapeInvisible(file)));
    old.push(done);
  }
  const left = toAnchor.filter(({ id }) => !old.some(({ file }) => file === id));
  const anchored = await fileAndAnchor(
    left,
    {
      client,
      signer: { address: wallet.address, signTypedData: (typedData) => wallet.signTypedData(typedData) },
      recipients,
      dealId,
      deal: filing.deal,
      readBlock: (at) => headerAt(chain, at),
    },
    {
      signal,
      validFor: filing.validFor,
      gateways: filing.gateways,
      createDigester: createNodeDigester,
      createSealer: createNodeSealer,
      now,
      onProgress: createProgress(left, { bundles, context }),
      journal: {
        load: (file) => recallFiling(bundles.get(file)!),
        loadUpload: (file) => recallUpload(bundles.get(file)!),
        saveUpload: (file, pending) => rememberUpload(bundles.get(file)!, pending),
        save: (file, filed) => rememberFiling(bundles.get(file)!, filed),
        finish: async (file, { bundle: text }) => {
          await writeNew(bundles.get(file)!, text);
          await forgetFiling(bundles.get(file)!);
        },
      },
    },
  );
  const fresh = anchored.map(({ id, digest, anchoredAt }) => ({
    file: id,
    bundle: bundles.get(id)!,
    digest,
    anchoredAt,
    isOld: false,
  }));
  return [...old, ...fresh];
}

/** Where the bundle of each file goes. */
const bundlePaths = (files: readonly string[], outDir: string): ReadonlyMap<string, string> => {
  const names = files.map((file) => basename(file));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw usageInvalid("holdfast evidence add", "file-names-equal", { name: twice });
  }
  return new Map(files.map((file) => [file, join(outDir, basename(file) + bundleSuffix)]));
};

/**
 * A file with what is said about it. Reading its beginning shows whether it can be read before
 * others are filed.
 */
const fileable = async (path: string, { meta, context }: FilingContext): Promise<FileToAnchor> => {
  const { size } = await requireRegular(path);
  return {
    id: path,
    source: () => readPieces(path, { signal: context.signal }),
    size,
    meta: { name: basename(path), type: await mediaTypeOf(path), ...meta },
  };
};

/**
 * A file that an earlier run finished. Throws `file-exists` when the bundle is there and does not
 * belong to the file.
 */
const readDone = async (file: string, bundle: string, signal: AbortSignal): Promise<FiledFile | undefined> => {
  if ((await statFile(bundle)) === undefined) return undefined;
  const { verdict, time } = await verifyBundle(await readText(bundle), {
    file: readPieces(file, { signal }),
    createDigester: createNodeDigester,
  });
  if (verdict.status !== "verified" || !("existedBy" in time)) throw new ProtocolError("file-exists", { path: bundle });
  return { file, bundle, digest: verdict.digest, anchoredAt: time.existedBy, isOld: true };
};

type Showing = { readonly bundles: ReadonlyMap<string, string>; readonly context: CommandContext };

/** Says how far it is: a bar while a file is read, a line for what is done. */
const createProgress = (files: readonly FileToAnchor[], { bundles, context }: Showing) => {
  const {
    progress,
    texts: { filing },
  } = context;
  const bars = new Map(
    files.map(({ id, size = 0 }) => {
      const label = filing.encryptedAndSent(basename(id));
      return [id, createProgressBar(context, { label, total: size })] as const;
    }),
  );
  return (event: FilingProgress) => {
    switch (event.step) {
      case "read":
        return bars.get(event.id)?.advance(event.bytes);
      case "resumed":
        return progress(filing.resumed(escapeInvisible(event.id)));
      case "signed":
        bars.get(event.id)?.end();
        return progress(filing.stored(escapeInvisible(event.id)));
      case "waiting":
        return progress(filing.waiting(event.files));
      case "anchored":
        return progress(filing.anchored(escapeInvisible(event.id), escapeInvisible(bundles.get(event.id)!)));
      default:
        return undefined;
    }
  };
};
