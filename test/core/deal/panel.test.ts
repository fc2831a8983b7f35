import { describe, it } from "node:test";
import { expect } from "chai";
import fc from "fast-check";
import {
  bytesToHex,
  concat,
  type Hex,
  hexToBytes,
  keccak256,
  numberToHex,
  pad,
  parseSignature,
  zeroAddress,
  zeroHash,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import {
  MIN_PANEL_WINDOW,
  panelRefusal,
  panelRules,
  panelSchema,
  seatSignatures,
  sortPanel,
} from "../../../src/core/deal/panel.ts";
import { type Terms, termsSchema } from "../../../src/core/deal/terms.ts";
import type { ProtocolError } from "../../../src/core/errors.ts";
import { dealVectors } from "../../fixtures/deals.ts";

const panel = dealVectors.panels[0]!;
const digest = keccak256("0x01");
const WALLET_SIGNATURE: Hex = "0x5afe";

/** The 64 bytes of EIP-2098, computed apart from the code under test. */
const shortOf = (signature: Hex): Hex => {
  const { r, s, yParity } = parseSignature(signature);
  const [first, ...rest] = [...hexToBytes(s)];
  return concat([r, bytesToHex(Uint8Array.from([first! | (yParity << 7), ...rest]))]);
};

/** A contract wallet that signed: its address, and the place of its signature from one on. */
const walletSeat = (wallet: Hex, place: number): Hex => concat([numberToHex(place, { size: 12 }), wallet]);

describe("panel", () => {
  it("has the rules of the vectors", () => {
    for (const { rules, ...one } of dealVectors.panels) expect(panelRules(one)).to.equal(rules);
  });

  it("sorts ascending in lower case, whatever order and case it is given, and leaves what it was given alone", () => {
    const shouted = panel.arbitrators.map((arbitrator) => `0x${arbitrator.slice(2).toUpperCase()}` as Hex).reverse();
    const given = [...shouted];
    expect(sortPanel({ ...panel, arbitrators: shouted }).arbitrators).to.deep.equal(panel.arbitrators);
    expect(shouted).to.deep.equal(given);
  });

  it("is one that the contract would register, or malformed in the field that keeps it from that", () => {
    const wrongIn = (changes: object) => panelSchema.safeParse({ ...stated, ...changes }).error?.issues[0]?.path[0];
    const { rules: _, ...stated } = panel;
    const count = panel.arbitrators.length;
    expect(wrongIn({})).to.equal(undefined);
    expect(wrongIn({ threshold: count })).to.equal(undefined);
    expect(wrongIn({ threshold: count + 1 })).to.equal("threshold");
    expect(wrongIn({ threshold: 0 })).to.equal("threshold");
    expect(wrongIn({ minBackstop: panel.answerWindow + MIN_PANEL_WINDOW })).to.equal(undefined);
    expect(wrongIn({ minBackstop: panel.answerWindow + MIN_PANEL_WINDOW - 1 })).to.equal("minBackstop");
    expect(wrongIn({ arbitrators: [...panel.arbitrators.slice(1), panel.arbitrators[1]!] })).to.equal("arbitrators");
    expect(wrongIn({ arbitrators: [zeroAddress, ...panel.arbitrators.slice(1)] })).to.equal("arbitrators");
  });

  it("gives every arbitrator a seat in the panel's order, with the signatures of those who signed", async () => {
    const accounts = [1, 2, 3, 4].map((key) => privateKeyToAccount(numberToHex(key, { size: 32 })));
    const wallet = dealVectors.domain.escrow;
    const mixed = sortPanel({ ...panel, arbitrators: [wallet, ...accounts.map(({ address }) => address)] });
    const longOf = new Map<Hex, Hex>(
      await Promise.all(
        accounts.map(async (one) => [one.address.toLowerCase() as Hex, await one.sign({ hash: digest })] as const),
      ),
    );
    const isForm = fc.constantFrom("long", "short");
    const seats = fc.uniqueArray(fc.integer({ min: 0, max: 4 }), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(seats, isForm, async (chosen, form) => {
        const signatureOf = (signer: Hex) => {
          const long = longOf.get(signer);
          return long === undefined ? WALLET_SIGNATURE : form === "long" ? long : shortOf(long);
        };
        const signed = chosen
          .map((seat) => mixed.arbitrators[seat]!)
          .map((signer) => ({ signer, signature: signatureOf(signer) }));
        const seated = await seatSignatures(mixed, digest, signed);
        const hasWallet = chosen.some((seat) => mixed.arbitrators[seat] === wallet);
        expect(seated.walletSignatures).to.deep.equal(hasWallet ? [WALLET_SIGNATURE] : []);
        expect(seated.seats.map(({ r, vs }) => concat([r, vs]))).to.deep.equal(
          mixed.arbitrators.map((arbitrator, seat) => {
            if (!chosen.includes(seat)) return concat([pad(arbitrator, { size: 32 }), zeroHash]);
            const long = longOf.get(arbitrator);
            return long === undefined ? concat([walletSeat(arbitrator, 1), zeroHash]) : shortOf(long);
          }),
        );
      }),
      { numRuns: 30 },
    );
  });

  it("takes another key's signature for a contract wallet's, which only the chain can check", async () => {
    const stranger = privateKeyToAccount(numberToHex(9, { size: 32 }));
    const signature = await stranger.sign({ hash: digest });
    const seated = await seatSignatures(panel, digest, [{ signer: panel.arbitrators[3]!, signature }]);
    expect(seated.walletSignatures).to.deep.equal([signature]);
    expect(seated.seats.map(({ r }) => r)).to.deep.equal(
      panel.arbitrators.map((one, seat) => (seat === 3 ? walletSeat(one, 1) : pad(one, { size: 32 }))),
    );
  });

  it("says why it would refuse terms at funding, and nothing where it accepts them", () => {
    const accepted = termsSchema.parse(dealVectors.deals.find(({ name }) => name === "plain")!.terms);
    const refusal = (changes: Partial<Terms>) => panelRefusal(panel, { ...accepted, ...changes });
    expect(refusal({})).to.equal(undefined);
    expect(refusal({ rules: digest })).to.equal("rules-differ");
    expect(refusal({ inspection: panel.minInspection - 1 })).to.equal("inspection-too-short");
    expect(refusal({ backstop: panel.minBackstop - 1 })).to.equal("backstop-too-short");
    expect(refusal({ backstop: panel.minBackstop, inspection: panel.minBackstop + 1 })).to.equal(undefined);
    for (const party of ["buyer", "seller", "marketplace"] as const)
      expect(refusal({ [party]: panel.arbitrators[4]! })).to.equal("party-is-arbitrator");
  });

  it("refuses a signer who is not on it, by code", async () => {
    try {
      await seatSignatures(panel, digest, [{ signer: dealVectors.domain.escrow, signature: "0x" }]);
      expect.fail("seated a stranger");
    } catch (error) {
      expect((error as ProtocolError).code).to.equal("signer-not-on-panel");
    }
  });
});
