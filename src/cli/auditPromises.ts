import { join } from "node:path";
import type { Address, Hex } from "viem";
import { type ErrorCode, ProtocolError } from "../core/errors.ts";
import { formatV1 } from "../core/evidence/bundle/v1.ts";
import { bundleSuffix, type EvidenceBundle } from "../core/evidence/bundle.ts";
import type { EvidenceDomain } from "../core/evidence/record.ts";
import type { TrustedBlock, VerifyOptions } from "../core/evidence/verify/options.ts";
import {
  openPromiseStatus,
  type PromiseStatus,
  promiseStatusOf,
  type RelayerAnswer,
} from "../core/evidence/verify/promiseStatus.ts";
import { type Verification, verifyBundle } from "../core/evidence/verify/verifyBundle.ts";
import type { FiledEvidence } from "../sdk/evidence.ts";
import { type AskedRelayer, askForAnchor, bundleOf, leafOf, renew } from "./askedRelayer.ts";
import { readBundleText } from "./bundleText.ts";
import { namesIn, replaceText, writeNew } from "./files.ts";
import { filingSuffix, forgetFiling, readFiling } from "./pendingFiling.ts";
import { usageInvalid } from "./problems.ts";

/** What was found out about the promise in one file; `none`: it holds no promise. */
export type AuditedPromise = Readonly<{
  /** Path of the bundle, or of the filing that has no bundle yet. */
  file: string;
  outcome: PromiseStatus | Readonly<{ status: "none" }>;
  promise: Readonly<{ relayer: Address; receivedAt: number; anchorBy: number }> | null;
  /** Null where it could not be read, or is not known. */
  record: Readonly<{ leaf: Hex; deadline: number; domain: EvidenceDomain | null }> | null;
  update: Update;
}>;

/** What asking the relayer brought, and what kept it from bringing more. */
type Update = Readonly<{
  isSaved: boolean;
  timestampsAdded: number;
  timestampsRefused: number;
  problem: ErrorCode | "bundle-changed" | "bundle-unproven" | null;
}>;

/** Whom the audit asks, and whose word counts. */
export type AuditSetup = Readonly<{
  /** The reader's clock in Unix seconds. */
  now: number;
  trusted: VerifyOptions["trusted"];
  /** Absent where nothing is to be asked. */
  asked?: AskedRelayer | undefined;
  /** Asks the reader's own node for a block; absent where there is none. */
  readBlock?: ((chainId: number, number: number) => Promise<TrustedBlock | null>) | undefined;
  signal: AbortSignal;
}>;

const untouched: Update = { isSaved: false, timestampsAdded: 0, timestampsRefused: 0, problem: null };

/**
 * Looks at every bundle of a folder, and at every filing that has none yet, in the order of their
 * names. Where a relayer is asked, bundles that are ready are written, and tokens that came later
 * are added to bundles. Throws `usage-invalid` where there is neither, and what reading the folder
 * and the node throws.
 */
export async function auditPromises(folder: string, setup: AuditSetup): Promise<AuditedPromise[]> {
  const names = (await namesIn(folder)).sort();
  const bundles = names.filter((name) => name.endsWith(bundleSuffix));
  const filings = names
    .filter((name) => name.endsWith(filingSuffix))
    .filter((name) => !bundles.includes(name.replace(filingSuffix, bundleSuffix)));
  if (bundles.length + filings.length === 0) {
    throw usageInvalid("holdfast evidence audit", "evidence-missing", { path: folder });
  }
  const audited: AuditedPromise[] = [];
  for (const name of [...bundles, ...filings].sort()) {
    setup.signal.throwIfAborted();
    const path = join(folder, name);
    audited.push(name.endsWith(bundleSuffix) ? await auditBundle(path, setup) : await auditFiling(path, setup));
  }
  return audited;
}

const unreadable = (file: string): AuditedPromise => ({
  file,
  outcome: { status: "unknown", why: "unreadable" },
  promise: null,
  record: null,
  update: untouched,
});

async function auditBundle(path: string, setup: AuditSetup): Promise<AuditedPromise> {
  const read = await readBundleText(path).catch(passDefects);
  if (read === undefined || "why" in read) return unreadable(path);
  const verification = await check(read.text, setup);
  const { bundle, time } = verification;
  if (bundle === null) return unreadable(path);
  const isAnchored = time.status === "confirmed" || time.status === "stated";
  const canRenew = isAnchored && bundle.format !== formatV1 && isOf(bundle.anchor, setup.asked);
  const update = canRenew ? await addTimestamps(path, { text: read.text, bundle }, setup) : untouched;
  return { file: path, ...aboutBundle(verification, bundle), update };
}

/** Without the file itself: the promise is about the record. */
async function check(text: string, { trusted, now, readBlock }: AuditSetup): Promise<Verification> {
  const first = await verifyBundle(text, { trusted, now });
  if (readBlock === undefined || first.bundle === null || first.time.status !== "stated") return first;
  const { chainId, blockNumber } = first.bundle.anchor;
  const block = await readBlock(chainId, blockNumber);
  if (block === null) return first;
  return verifyBundle(text, { trusted: { ...trusted, blocks: [...(trusted?.blocks ?? []), block] }, now });
}

function aboutBundle(verification: Verification, bundle: EvidenceBundle) {
  const { chainId, registry } = bundle.anchor;
  const { deadline } = bundle.record;
  return {
    outcome: promiseStatusOf(verification) ?? ({ status: "none" } as const),
    promise: timesOf(bundle.promise),
    record: { leaf: leafOf(bundle), deadline, domain: { chainId, registry } },
  };
}

function timesOf(promise: FiledEvidence["promise"]): AuditedPromise["promise"] {
  if (promise == null) return null;
  const { relayer, receivedAt, anchorBy } = promise;
  return { relayer, receivedAt, anchorBy };
}

async function addTimestamps(
  path: string,
  { text, bundle }: Readonly<{ text: string; bundle: EvidenceBundle }>,
  { asked, now, signal }: AuditSetup,
): Promise<Update> {
  if (asked === undefined) return untouched;
  try {
    const anchored = await askForAnchor(leafOf(bundle), asked);
    if (typeof anchored === "string") return untouched;
    const renewal = await renew(bundle, anchored, now);
    const counted = { ...untouched, timestampsRefused: renewal.refused };
    if (renewal.added === 0) return counted;
    if (!(await replaceText(path, { from: text, to: renewal.text }))) return { ...counted, problem: "bundle-changed" };
    return { ...counted, timestampsAdded: renewal.added };
  } catch (error) {
    return { ...untouched, problem: codeOf(error, signal) };
  }
}

async function auditFiling(path: string, setup: AuditSetup): Promise<AuditedPromise> {
  const filed = await readFiling(path);
  if (filed === undefined) return unreadable(path);
  const { asked, now } = setup;
  const domain = filed.domain ?? asked;
  const { answer, update, done } = isOf(domain, asked) ? await ask(path, filed, setup) : notAsked;
  if (done !== undefined) return { ...done, update };
  const promise = filed.promise ?? null;
  const said = answer === "not-anchored" || answer === "sealed";
  const counted = said && promise?.relayer !== asked?.relayer ? "other-relayer" : answer;
  return {
    file: path,
    outcome:
      promise === null
        ? { status: "none" }
        : await openPromiseStatus({ ...filed, promise }, { domain, now, answer: counted }),
    promise: timesOf(promise),
    record: {
      leaf: filed.leaf,
      deadline: filed.record.deadline,
      domain: domain === undefined ? null : { chainId: domain.chainId, registry: domain.registry },
    },
    update,
  };
}

type Answered = Readonly<{
  answer?: RelayerAnswer | undefined;
  update: Update;
  /** The bundle that is there now. */
  done?: Omit<AuditedPromise, "update"> | undefined;
}>;

const notAsked: Answered = { update: untouched };

/** Asks for the anchor of a filing, and writes its bundle where it holds. */
async function ask(path: string, filed: FiledEvidence, setup: AuditSetup): Promise<Answered> {
  const { asked, signal } = setup;
  if (asked === undefined) return notAsked;
  try {
    const anchored = await askForAnchor(filed.leaf, asked);
    if (typeof anchored === "string") return { answer: anchored, update: untouched };
    const text = await bundleOf(filed, anchored, asked);
    const verification = await check(text, setup);
    const { bundle, time, verdict } = verification;
    const isProven = time.status === "confirmed" || (time.status === "stated" && setup.readBlock === undefined);
    const unproven = { ...untouched, problem: "bundle-unproven" } as const;
    if (bundle === null || !isProven) return { answer: "unproven", update: unproven };
    const about = aboutBundle(verification, bundle);
    if (verdict.status === "refuted") return { update: unproven, done: { file: path, ...about } };
    const file = path.slice(0, -filingSuffix.length) + bundleSuffix;
    await writeNew(file, text);
    if (time.status === "confirmed") await forgetFiling(file);
    return { update: { ...untouched, isSaved: true }, done: { file, ...about } };
  } catch (error) {
    return { answer: "no-answer", update: { ...untouched, problem: codeOf(error, signal) } };
  }
}

function isOf(domain: EvidenceDomain | undefined, asked: AskedRelayer | undefined): boolean {
  return domain?.chainId === asked?.chainId && domain?.registry === asked?.registry;
}

/** A defect and Ctrl-C end the audit; what one record cannot have does not keep the others. */
function codeOf(error: unknown, signal: AbortSignal): ErrorCode {
  signal.throwIfAborted();
  if (!(error instanceof ProtocolError)) throw error;
  return error.code;
}

function passDefects(error: unknown): undefined {
  if (!(error instanceof ProtocolError)) throw error;
  return undefined;
}
