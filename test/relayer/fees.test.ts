import { describe, it } from "node:test";
import { expect } from "chai";
import fc from "fast-check";
import { capFees, raiseFees } from "../../src/relayer/fees.ts";

const CAP = 10n ** 12n;
const fee = fc.bigInt({ min: 0n, max: CAP });

describe("raiseFees", () => {
  it("raises both fields by an eighth at least, suits the present, and never passes the cap", () => {
    fc.assert(
      fc.property(fee, fee, fee, fee, (maxFee, maxPriorityFee, freshFee, freshTip) => {
        const fresh = { maxFee: freshFee, maxPriorityFee: freshTip };
        const raised = raiseFees({ maxFee, maxPriorityFee }, fresh, CAP);
        if (raised === undefined) {
          const needed = [(maxFee * 9n) / 8n + 1n, (maxPriorityFee * 9n) / 8n + 1n, freshFee, freshTip];
          return needed.some((least) => least > CAP);
        }
        return (
          raised.maxFee * 8n >= maxFee * 9n &&
          raised.maxPriorityFee * 8n >= maxPriorityFee * 9n &&
          raised.maxFee >= freshFee &&
          raised.maxPriorityFee >= freshTip &&
          raised.maxPriorityFee <= raised.maxFee &&
          raised.maxFee <= CAP
        );
      }),
    );
  });

  it("raises fees of zero", () => {
    const nothing = { maxFee: 0n, maxPriorityFee: 0n };
    expect(raiseFees(nothing, nothing, CAP)).deep.equal({ maxFee: 1n, maxPriorityFee: 1n });
  });
});

describe("capFees", () => {
  it("bids what is asked up to the cap", () => {
    expect(capFees({ maxFee: 7n, maxPriorityFee: 2n }, 5n)).deep.equal({ maxFee: 5n, maxPriorityFee: 2n });
  });
});
