import { type Address, encodeAbiParameters, type Hex, keccak256 } from "viem";
import { ProtocolError } from "./errors.ts";

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

/**
 * Orders arbitrators' signatures as `PanelTribunal.determine` takes them: a bit per signing seat, signatures by seat.
 *
 * @throws ProtocolError `signer-not-on-panel` when a signer is none of the arbitrators.
 */
export const seatSignatures = (
  panel: Panel,
  signatures: readonly { readonly signer: Address; readonly signature: Hex }[],
): { readonly signers: bigint; readonly signatures: readonly Hex[] } => {
  const seated = signatures
    .map(({ signer, signature }) => {
      const seat = panel.arbitrators.findIndex((arbitrator) => arbitrator.toLowerCase() === signer.toLowerCase());
      if (seat < 0) throw new ProtocolError("signer-not-on-panel", { signer });
      return { seat, signature };
    })
    .toSorted((a, b) => a.seat - b.seat);
  return {
    signers: seated.reduce((bits, { seat }) => bits | (1n << BigInt(seat)), 0n),
    signatures: seated.map(({ signature }) => signature),
  };
};
