import { type Address, encodeAbiParameters, type Hex, keccak256, numberToHex, size, slice } from "viem";
import { ProtocolError } from "./errors.ts";
import { recoverSigner } from "./recoverSigner.ts";

/** Who may decide a deal: `threshold` of `arbitrators`. */
export type Panel = { readonly threshold: number; readonly arbitrators: readonly Address[] };

/** The panel with its arbitrators in the ascending order that `PanelTribunal` demands. */
export const sortPanel = (panel: Panel): Panel => ({
  threshold: panel.threshold,
  arbitrators: panel.arbitrators
    .map((arbitrator) => arbitrator.toLowerCase() as Address)
    .toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)),
});

/** The `rules` that terms carry for a panel: keccak256 of the ABI encoding of threshold and arbitrators. */
export const panelRules = (panel: Panel): Hex =>
  keccak256(
    encodeAbiParameters([{ type: "uint256" }, { type: "address[]" }], [BigInt(panel.threshold), panel.arbitrators]),
  );

export type SignerAndSignature = { readonly signer: Address; readonly signature: Hex };

/** One arbitrator's signature as `PanelTribunal` reads it: a key's by EIP-2098, or the place of a contract wallet's. */
export type SeatSignature = { readonly r: Hex; readonly vs: Hex };

/** What `PanelTribunal.determine` takes of its signers: a bit per signing seat, and their signatures by seat. */
export type SeatedSignatures = {
  readonly signers: bigint;
  readonly signatures: readonly SeatSignature[];
  readonly walletSignatures: readonly Hex[];
};

const NO_KEY = numberToHex(0, { size: 32 });

/**
 * Orders arbitrators' signatures over `digest` as `PanelTribunal.determine` takes them. What the arbitrator's key did not make is
 * taken for a contract wallet's (ERC-1271), which only the chain can check.
 *
 * @throws ProtocolError `signer-not-on-panel` when a signer is none of the arbitrators.
 */
export const seatSignatures = async (
  panel: Panel,
  digest: Hex,
  signed: readonly SignerAndSignature[],
): Promise<SeatedSignatures> => {
  const seated = await Promise.all(
    signed.map(async ({ signer, signature }) => {
      const seat = panel.arbitrators.findIndex((arbitrator) => arbitrator.toLowerCase() === signer.toLowerCase());
      if (seat < 0) throw new ProtocolError("signer-not-on-panel", { signer });
      const isKey = (await recoverSigner(digest, signature)) === signer.toLowerCase();
      return { seat, signature, isKey };
    }),
  );
  const bySeat = seated.toSorted((a, b) => a.seat - b.seat);
  const wallets = bySeat.filter(({ isKey }) => !isKey);
  return {
    signers: bySeat.reduce((bits, { seat }) => bits | (1n << BigInt(seat)), 0n),
    signatures: bySeat.map((one) =>
      one.isKey ? compact(one.signature) : { r: numberToHex(wallets.indexOf(one), { size: 32 }), vs: NO_KEY },
    ),
    walletSignatures: wallets.map(({ signature }) => signature),
  };
};

/** A key's signature of 64 or 65 bytes in the two words of EIP-2098. */
const compact = (signature: Hex): SeatSignature => {
  const r = slice(signature, 0, 32);
  const s = slice(signature, 32, 64);
  const isOdd = size(signature) === 65 && slice(signature, 64) === "0x1c";
  return { r, vs: isOdd ? numberToHex(BigInt(s) | (1n << 255n), { size: 32 }) : s };
};
