import { describe, it } from "node:test";
import { expect } from "chai";
import { templateExample, termsFromTemplate } from "../../src/cli/dealTemplate.ts";
import { panelRules } from "../../src/core/deal/panel.ts";
import { requireFundable } from "../../src/core/deal/terms.ts";
import { ProtocolError } from "../../src/core/errors.ts";

const now = 1_800_000_000;
const tribunal = "0xcf7ed3acca5a467e9e704c703e8d87f634fb0fc9";
const escrow = "0x5fbdb2315678afecb367f032d93f642f64180aa3";
const random = (length: number) => new Uint8Array(length);

const fill = (changes: object) =>
  termsFromTemplate({ ...templateExample, ...changes }, { path: "t.json", now, tribunal, random });

const refusal = async (changes: object) => {
  const error = await fill(changes).then(
    ({ terms }) => requireFundable(terms, now, escrow),
    (reason: unknown) => reason,
  );
  return error instanceof ProtocolError ? error.code : error;
};

describe("termsFromTemplate", () => {
  it("counts every clock from the end of the one before", async () => {
    const { terms } = await fill({});
    const day = 86_400;
    expect(terms.fundBy).to.equal(now + day);
    expect(terms.balanceBy).to.equal(0);
    expect(terms.shipBy).to.equal(now + 4 * day);
    expect(terms.deliverBy).to.equal(now + 19 * day);
  });

  it("commits to the panel in ascending order", async () => {
    const { terms, panel } = await fill({});
    expect(panel?.arbitrators).to.deep.equal([...templateExample.panel.arbitrators].sort());
    expect(terms.rules).to.equal(panelRules(panel!));
  });

  it("gives a panel that names no clocks three days to answer, a week to inspect and a month to decide", async () => {
    const { threshold, arbitrators } = templateExample.panel;
    const { panel } = await fill({ panel: { threshold, arbitrators } });
    expect(panel).to.include({
      threshold,
      answerWindow: 3 * 86_400,
      minInspection: 7 * 86_400,
      minBackstop: 30 * 86_400,
    });
    const { panel: own } = await fill({ panel: { threshold, arbitrators, answerWindow: "36h" } });
    expect(own?.answerWindow).to.equal(36 * 3_600);
  });

  it("refuses a panel that the tribunal would not register", async () => {
    const { panel } = templateExample;
    const [first] = panel.arbitrators;
    for (const changes of [
      { threshold: 6 },
      { arbitrators: [first, first, first] },
      { answerWindow: "59m" },
      { minInspection: "59m" },
      { answerWindow: "30d" },
      { answerWindow: 86_400 },
    ]) {
      expect(await refusal({ panel: { ...panel, ...changes } }), JSON.stringify(changes)).to.equal("input-malformed");
    }
  });

  it("makes a document of an order that is written in the template, with a salt of its own", async () => {
    const { order } = await fill({});
    expect(JSON.parse(order ?? "")).to.deep.equal({ ...templateExample.order, salt: `0x${"00".repeat(16)}` });
  });

  it("takes the digest of an order that is kept elsewhere", async () => {
    const order = `0x${"ab".repeat(32)}`;
    expect((await fill({ order })).terms.order).to.equal(order);
    expect((await fill({ order })).order).to.equal(null);
  });

  it("makes terms that the escrow takes", async () => {
    requireFundable((await fill({})).terms, now, escrow);
    requireFundable(
      (await fill({ deposit: "8000", coverage: "8000", earnest: true, balanceWithin: "5d" })).terms,
      now,
      escrow,
    );
    requireFundable((await fill({ token: "native", price: "1.5", coverage: "0" })).terms, now, escrow);
  });

  it("refuses amounts, durations, shares and fields that it cannot read exactly", async () => {
    const cases = [
      [{ price: "40000.0000001" }, "amount-invalid"],
      [{ price: "40,000" }, "amount-invalid"],
      [{ price: "-1" }, "amount-invalid"],
      [{ price: "1e3" }, "amount-invalid"],
      [{ price: `1${"0".repeat(40)}` }, "input-malformed"],
      [{ price: 40_000 }, "input-malformed"],
      [{ inspection: "10" }, "input-malformed"],
      [{ inspection: "ten days" }, "input-malformed"],
      [{ inspection: "999999999999w" }, "input-malformed"],
      [{ fee: "2" }, "input-malformed"],
      [{ fee: "101%" }, "input-malformed"],
      [{ fee: "1.234%" }, "input-malformed"],
      [{ deposit: "100" }, "input-malformed"],
      [{ rules: `0x${"00".repeat(32)}` }, "input-malformed"],
      [{ panel: undefined }, "input-malformed"],
      [{ buyer: "0x12" }, "input-malformed"],
      [{ colour: "oak" }, "input-malformed"],
      [{ token: "0x0000000000000000000000000000000000000001" }, "input-malformed"],
      [{ order: "order-that-is-not-there.pdf" }, "file-missing"],
    ] as const;
    for (const [changes, code] of cases) expect(await refusal(changes), JSON.stringify(changes)).to.equal(code);
  });

  it("refuses a template without anybody to decide", async () => {
    const error = await termsFromTemplate(templateExample, { path: "t.json", now, tribunal: undefined, random }).catch(
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(ProtocolError);
    expect((error as ProtocolError).details).to.include({ at: "tribunal" });
  });

  it("leaves what the escrow would refuse to the check before signing", async () => {
    for (const [changes, fact] of [
      [{ seller: templateExample.buyer }, "buyer-is-seller"],
      [{ attestor: templateExample.seller }, "attestor-is-seller"],
      [{ inspection: "0s" }, "inspection-too-short"],
      [{ shipWithin: "59m" }, "clocks-out-of-order"],
      [{ backstop: "59m" }, "backstop-too-short"],
      [{ marketplace: templateExample.buyer }, "buyer-is-marketplace"],
      [{ deposit: "8000", earnest: true, balanceWithin: "1d" }, "earnest-not-covered"],
      [{ tail: "400d" }, "exposure-too-long"],
      [{ deposit: "20000", earnest: true, balanceWithin: "1d" }, "earnest-too-high"],
    ] as const) {
      const { terms } = await fill(changes);
      expect(() => requireFundable(terms, now, escrow), fact)
        .to.throw(ProtocolError)
        .with.property("details")
        .that.deep.equals({ fact });
    }
  });
});
