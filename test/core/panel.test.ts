import { describe, it } from "node:test";
import { expect } from "chai";
import fc from "fast-check";
import type { Hex } from "viem";
import type { ProtocolError } from "../../src/core/errors.ts";
import { panelRules, seatSignatures, sortPanel } from "../../src/core/panel.ts";
import { dealVectors } from "../fixtures/deals.ts";

const panel = dealVectors.panels[0]!;
const signatureOf = (seat: number): Hex => `0x${seat.toString(16).padStart(128, "0")}`;

describe("panel", () => {
  it("has the rules of the vectors", () => {
    for (const { threshold, arbitrators, rules } of dealVectors.panels)
      expect(panelRules({ threshold, arbitrators })).to.equal(rules);
  });

  it("sorts ascending in lower case, whatever order and case it is given, and leaves what it was given alone", () => {
    const shouted = panel.arbitrators.map((arbitrator) => `0x${arbitrator.slice(2).toUpperCase()}` as Hex).reverse();
    const given = [...shouted];
    expect(sortPanel({ threshold: 3, arbitrators: shouted }).arbitrators).to.deep.equal(panel.arbitrators);
    expect(shouted).to.deep.equal(given);
  });

  it("seats signatures by the panel's order, a bit for each", () => {
    const seats = fc.uniqueArray(fc.integer({ min: 0, max: 4 }), { maxLength: 5 });
    fc.assert(
      fc.property(seats, (chosen) => {
        const signed = chosen.map((seat) => ({ signer: panel.arbitrators[seat]!, signature: signatureOf(seat) }));
        const { signers, signatures } = seatSignatures(panel, signed);
        const ascending = chosen.toSorted((a, b) => a - b);
        expect(signatures).to.deep.equal(ascending.map(signatureOf));
        expect(signers).to.equal(ascending.reduce((bits, seat) => bits + 2n ** BigInt(seat), 0n));
      }),
    );
  });

  it("refuses a signer who is not on it, by code", () => {
    try {
      seatSignatures(panel, [{ signer: dealVectors.domain.escrow, signature: "0x" }]);
      expect.fail("seated a stranger");
    } catch (error) {
      expect((error as ProtocolError).code).to.equal("signer-not-on-panel");
    }
  });
});
