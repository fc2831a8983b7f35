import { maxBundleBytes } from "../../core/evidence/bundle.ts";
import type { CreateDigester } from "../../core/evidence/digest.ts";
import type { VerifyOptions } from "../../core/evidence/verify/options.ts";
import { type Verification, verifyBundle } from "../../core/evidence/verify/verifyBundle.ts";
import { type Gathered, PageError, textOf } from "./gathered.ts";
import { type Pair, pathOf } from "./pairing.ts";

/** A pair with what was found out about it. */
export type Checked = Pair & Readonly<{ verification: Verification; bundleText: string }>;

type CheckOptions = Readonly<{
  trusted: NonNullable<VerifyOptions["trusted"]>;
  /** The reader's clock in Unix seconds. */
  now: number;
  createDigester: CreateDigester;
  /** Told as bytes are read: which file, and how many bytes of all. */
  onProgress: (name: string, bytes: number) => void;
  signal: AbortSignal;
}>;

/** Checks pair after pair. Throws the reason of `signal`, `PageError` for what cannot be read. */
export async function checkPairs(pairs: readonly Pair[], options: CheckOptions): Promise<readonly Checked[]> {
  const { trusted, now, createDigester, onProgress, signal } = options;
  const checked: Checked[] = [];
  let bytes = 0;
  for (const { bundle, file } of pairs) {
    signal.throwIfAborted();
    onProgress(pathOf({ bundle, file }), bytes);
    const bundleText = await bundleTextOf(bundle);
    const verification = await verifyBundle(bundleText, {
      ...(file === undefined ? {} : { file: watched(file) }),
      trusted,
      now,
      createDigester,
      signal,
    });
    checked.push({ bundle, file, verification, bundleText });
  }
  return checked;

  async function* watched(file: Gathered) {
    for await (const piece of file.read()) {
      bytes += piece.length;
      onProgress(file.path, bytes);
      yield piece;
    }
  }
}

/** What is too large or no text is no bundle, and the verdict says so. */
async function bundleTextOf(bundle: Gathered): Promise<string> {
  try {
    return await textOf(bundle, maxBundleBytes);
  } catch (error) {
    if (error instanceof PageError && error.problem === "source-malformed") return "";
    throw error;
  }
}
