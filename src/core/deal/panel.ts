import { type Address, encodeAbiParameters, type Hex, keccak256, numberToHex, size, slice, zeroAddress } from "viem";
import * as z from "zod";
import { ProtocolError } from "../errors.ts";
import { address, shortSeconds } from "../fields.ts";
import { recoverSigner } from "../recoverSigner.ts";
import type { FieldProblem } from "../text/fieldProblems.ts";
import type { Terms } from "./terms.ts";

/**
 * Who may decide a deal, as `PanelTribunal` registers it: `threshold` of `arbitrators`; clocks in
 * seconds.
 */
export type Panel = {
  readonly threshold: number;
  /** From `disputedAt` of the deal; nothing is decided earlier. */
  readonly answerWindow: number;
  /** Shortest inspection, and shortest backstop, of terms that the panel accepts. */
  readonly minInspection: number;
  readonly minBackstop: number;
  readonly arbitrators: readonly Address[];
};

/**
 * Most arbitrators of one panel, and shortest answer window and time to decide after it (seconds);
 * the contract's constants.
 */
export const MAX_ARBITRATORS = 64;
/** The shortest answer window, inspection and backstop that a panel may ask for, in seconds. */
export const MIN_PANEL_WINDOW = 3_600;

/**
 * A panel as it travels: addresses in lower case, ascending or not. What passes it, `PanelTribunal`
 * registers once it is sorted.
 */
export const panelSchema = z
  .strictObject({
    threshold: z.int().min(1).max(MAX_ARBITRATORS),
    answerWindow: shortSeconds.min(MIN_PANEL_WINDOW),
    minInspection: shortSeconds.min(MIN_PANEL_WINDOW),
    minBackstop: shortSeconds,
    arbitrators: z.array(address).min(1).max(MAX_ARBITRATORS),
  })
  .superRefine(({ threshold, answerWindow, minBackstop, arbitrators }, context) => {
    const wrong = (field: keyof Panel, message: FieldProblem, params?: Record<string, number>) =>
      context.addIssue({ code: "custom", path: [field], message, params });
    if (threshold > arbitrators.length) {
      wrong("threshold", "threshold-above-arbitrators", { arbitrators: arbitrators.length });
    }
    if (new Set(arbitrators).size < arbitrators.length) wrong("arbitrators", "arbitrator-repeated");
    if (arbitrators.includes(zeroAddress)) wrong("arbitrators", "arbitrator-zero");
    if (minBackstop < answerWindow + MIN_PANEL_WINDOW) wrong("minBackstop", "time-to-decide-short");
  });

/**
 * The panel with its arbitrators in the ascending order that `PanelTribunal` demands.
 *
 * @example const panel = sortPanel({ threshold: 2, answerWindow: 259_200, minInspection, minBackstop, arbitrators });
 */
export function sortPanel(panel: Panel): Panel {
  return {
    ...panel,
    arbitrators: panel.arbitrators
      .map((arbitrator) => arbitrator.toLowerCase() as Address)
      .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)),
  };
}

/**
 * The `rules` that terms carry for a panel: keccak256 of the ABI encoding of its fields.
 *
 * @example const terms = { ...draft, tribunal, rules: panelRules(sortPanel(panel)) };
 */
export function panelRules(panel: Panel): Hex {
  return keccak256(
    encodeAbiParameters(
      [{ type: "uint8" }, { type: "uint32" }, { type: "uint32" }, { type: "uint32" }, { type: "address[]" }],
      [panel.threshold, panel.answerWindow, panel.minInspection, panel.minBackstop, panel.arbitrators],
    ),
  );
}

/**
 * Why a panel would refuse terms at funding, as `PanelTribunal.accepts` does, or `undefined` when
 * it accepts them. Says nothing about whether the panel is registered.
 *
 * @example panelRefusal(panel, { ...terms, inspection: 0 }) // "inspection-too-short"
 */
export function panelRefusal(
  panel: Panel,
  terms: Terms,
): "rules-differ" | "inspection-too-short" | "backstop-too-short" | "party-is-arbitrator" | undefined {
  if (panelRules(panel) !== terms.rules) return "rules-differ";
  if (terms.inspection < panel.minInspection) return "inspection-too-short";
  if (terms.backstop < panel.minBackstop) return "backstop-too-short";
  const parties = [terms.buyer, terms.seller, terms.marketplace];
  return panel.arbitrators.some((one) => parties.includes(one)) ? "party-is-arbitrator" : undefined;
}

/** An arbitrator and what it signed with. */
export type SignerAndSignature = { readonly signer: Address; readonly signature: Hex };

/**
 * One seat as `PanelTribunal` reads it: a key's signature by EIP-2098, an address, or an address
 * and its wallet's signature.
 */
export type Seat = { readonly r: Hex; readonly vs: Hex };

/** What `PanelTribunal.determine` and `extend` take of the panel and its signers. */
export type SeatedSignatures = {
  readonly seats: readonly Seat[];
  readonly walletSignatures: readonly Hex[];
};

const NO_KEY = numberToHex(0, { size: 32 });
const ADDRESS_BITS = 160n;

/**
 * One seat for each arbitrator, with the signatures over `digest` of those who signed. What the
 * arbitrator's key did not make is taken for a contract wallet's (ERC-1271), which only the chain
 * can check.
 *
 * @throws ProtocolError `signer-not-on-panel` when a signer is none of the arbitrators.
 * @example const seated = await seatSignatures(panel, digest, [{ signer: arbitrator.address, signature }]);
 */
export async function seatSignatures(
  panel: Panel,
  digest: Hex,
  signed: readonly SignerAndSignature[],
): Promise<SeatedSignatures> {
  const signatureOf = new Map(signed.map(({ signer, signature }) => [signer.toLowerCase(), signature]));
  const arbitrators = panel.arbitrators.map((arbitrator) => arbitrator.toLowerCase());
  const stranger = [...signatureOf.keys()].find((signer) => !arbitrators.includes(signer));
  if (stranger !== undefined) throw new ProtocolError("signer-not-on-panel", { signer: stranger });

  const walletSignatures: Hex[] = [];
  const seats: Seat[] = [];
  for (const arbitrator of arbitrators) {
    const signature = signatureOf.get(arbitrator);
    if (signature === undefined) {
      seats.push({ r: numberToHex(BigInt(arbitrator), { size: 32 }), vs: NO_KEY });
    } else if ((await recoverSigner(digest, signature)) === arbitrator) {
      seats.push(compact(signature));
    } else {
      walletSignatures.push(signature);
      const place = BigInt(walletSignatures.length) << ADDRESS_BITS;
      seats.push({ r: numberToHex(place | BigInt(arbitrator), { size: 32 }), vs: NO_KEY });
    }
  }
  return { seats, walletSignatures };
}

/** A key's signature of 64 or 65 bytes in the two words of EIP-2098. */
const compact = (signature: Hex): Seat => {
  const r = slice(signature, 0, 32);
  const s = slice(signature, 32, 64);
  const isOdd = size(signature) === 65 && slice(signature, 64) === "0x1c";
  return { r, vs: isOdd ? numberToHex(BigInt(s) | (1n << 255n), { size: 32 }) : s };
};
