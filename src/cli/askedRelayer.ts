import type { Address, Hex } from "viem";
import { ProtocolError } from "../core/errors.ts";
import { type EvidenceBundle, parseBundle, serializeBundle } from "../core/evidence/bundle.ts";
import { rootFromPath } from "../core/evidence/merkle.ts";
import { evidenceDigest, evidenceLeaf } from "../core/evidence/record.ts";
import { mergeTimestamps } from "../core/evidence/timestamp/mergeTimestamps.ts";
import { clockTolerance } from "../core/evidence/verify/options.ts";
import type { RelayerAnswer } from "../core/evidence/verify/promiseStatus.ts";
import type { AnchoredEvidence, Client } from "../sdk/client.ts";
import { assembleBundle, type FiledEvidence } from "../sdk/evidence.ts";
import { readSignedDeal } from "../sdk/readSignedDeal.ts";
import { connect } from "./connect.ts";

/** A relayer that is asked about records on disk, and what it says of itself. */
export type AskedRelayer = Readonly<{
  client: Client;
  /** Where it is asked, without a path. */
  origin: string;
  relayer: Address;
  chainId: number;
  registry: Address;
  escrow: Address;
  signal: AbortSignal;
}>;

/** Asks a relayer who it is. Throws as `connect` and the client. */
export async function meetRelayer(
  url: string,
  { help, signal }: Readonly<{ help: string; signal: AbortSignal }>,
): Promise<AskedRelayer> {
  const client = connect(url, help);
  const { chainId, relayer, contracts } = await client.readConfig({ signal });
  const { registry, escrow } = contracts;
  return { client, origin: new URL(url).origin, relayer, chainId, registry, escrow, signal };
}

/** The anchor of a record, or what the relayer says instead. Throws as the client. */
export async function askForAnchor(
  leaf: Hex,
  { client, signal }: AskedRelayer,
): Promise<AnchoredEvidence | Extract<RelayerAnswer, "not-anchored" | "sealed">> {
  try {
    return await client.readAnchored(leaf, { signal });
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    if (error.code === "evidence-unknown") return "not-anchored";
    if (error.code !== "anchor-not-found") throw error;
    const { state } = await client.readEvidence(leaf, { signal });
    return state === "received" ? "not-anchored" : "sealed";
  }
}

/** Text of the bundle of a filing whose anchor the relayer has. */
export async function bundleOf(filed: FiledEvidence, anchored: AnchoredEvidence, asked: AskedRelayer): Promise<string> {
  const dealId = filed.openings.case?.dealId ?? null;
  const deal = dealId === null ? null : await readSignedDeal(dealId, asked);
  return serializeBundle(assembleBundle(filed, { ...anchored, deal, gateways: [asked.origin] }));
}

/** A bundle with tokens that came later, if there are any; its text is what is to be written. */
export type Renewal = Readonly<{ text: string; added: number; refused: number }>;

/**
 * Adds the tokens that the relayer has by now to a bundle whose own anchor holds. `now` in Unix
 * seconds. Throws `bundle-too-large` if they do not fit.
 */
export async function renew(
  bundle: EvidenceBundle,
  { timestamps: offered }: AnchoredEvidence,
  now: number,
): Promise<Renewal> {
  const trust = { roots: [], revocationLists: [], now, clockTolerance };
  const root = rootFromPath(leafOf(bundle), bundle.path);
  const { timestamps, added, refused } = await mergeTimestamps(bundle.timestamps, offered, { root, ...trust });
  const text = serializeBundle({ ...bundle, timestamps });
  parseBundle(text);
  return { text, added, refused };
}

/** The leaf that a bundle shows to be anchored. */
export function leafOf({ record, submitter, signature, anchor }: EvidenceBundle): Hex {
  return evidenceLeaf(evidenceDigest(record, anchor), submitter.address, signature);
}
