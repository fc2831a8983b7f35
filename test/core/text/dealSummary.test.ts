import { describe, it } from "node:test";
import { expect } from "chai";
import { templateExample, termsFromTemplate } from "../../../src/cli/dealTemplate.ts";
import { undisputed } from "../../../src/core/deal/dealTable.ts";
import { stepOf } from "../../../src/core/deal/payouts.ts";
import { dealIdOf } from "../../../src/core/deal/terms.ts";
import { dealSummary } from "../../../src/core/text/dealSummary.ts";
import { silenceRows } from "../../../src/core/text/silence.ts";
import { textsIn } from "../../../src/core/text/texts.ts";
import { formatTime } from "../../../src/core/text/units.ts";

const texts = textsIn("en");
const now = 1_800_000_000;
const DAY = 86_400;
const domain = { chainId: 31337, escrow: "0x5fbdb2315678afecb367f032d93f642f64180aa3" } as const;

const read = async (changes: object) => {
  const { terms, unit, panel, order } = await termsFromTemplate(
    { ...templateExample, tribunal: "0xcf7ed3acca5a467e9e704c703e8d87f634fb0fc9", ...changes },
    { path: "t.json", now, tribunal: undefined, random: (length) => new Uint8Array(length) },
  );
  const deal = { id: dealIdOf(terms, domain), domain, terms, unit, panel, order, sellerSignature: null };
  const rows = dealSummary(deal, texts).flatMap((section) => section.rows);
  const row = (name: string) => rows.find(([known]) => known === name)?.[1] ?? "";
  return { deal, terms, unit, row, text: rows.map(([, said]) => said).join("\n") };
};

const earnest = { deposit: "8000", coverage: "8000", earnest: true, balanceWithin: "5d" };

describe("the deal in words", () => {
  it("gives the buyer the price back and nothing more where no earnest money was taken", async () => {
    const { row, text } = await read({});
    expect(row("not shipped")).to.include("the buyer gets 40,000 USDC").and.not.include("more");
    expect(text).not.to.include("from the seller's bond,");
    expect(row("balance not paid")).to.equal("");
  });

  it("says that earnest money comes back twice before shipping only", async () => {
    const { row, text } = await read(earnest);
    expect(row("not shipped")).to.include("the buyer gets 40,000 USDC");
    expect(text).to.include("the buyer gets 8,000 USDC more from the seller's bond");
    expect(text).to.include("if the seller refunds before shipping, the same");
    expect(row("balance not paid")).to.include("the seller gets 7,840 USDC, the marketplace gets 160 USDC");
    expect(row("not delivered")).not.to.include("more");
  });

  it("gives an advance back whose balance was not paid", async () => {
    const { row } = await read({ ...earnest, earnest: false });
    expect(row("balance not paid")).to.include("the buyer gets 8,000 USDC");
    expect(row("not shipped")).not.to.include("more");
  });

  it("says that an undecided dispute changes nothing but the share after delivery, and that the tail stays", async () => {
    const { row, text } = await read({ buyerShareIfSilent: "25%" });
    expect(row("before delivery")).to.include("nothing changes");
    expect(text).to.include("25 % to the buyer, 75 % to the seller");
    expect(text).to.include("the buyer gets 10,000 USDC, the seller gets 29,400 USDC");
    expect(text).to.include("claims on the bond stay open for 30 days");
    expect((await read({ coverage: "0" })).text).not.to.include("stay open");
  });

  it("says the same in every language, in as many rows", async () => {
    const { deal } = await read(earnest);
    const [english, chinese] = [dealSummary(deal, texts), dealSummary(deal, textsIn("zh"))];
    expect(chinese.map(({ rows }) => rows.length)).to.deep.equal(english.map(({ rows }) => rows.length));
    const said = chinese.flatMap(({ title, rows }) => [title, ...rows.flat()]);
    expect(said).to.include("买家获得 40,000 USDC，买家另从卖家保证金获赔 8,000 USDC");
    expect(said.filter((text) => /[a-z]{3,} [a-z]{2,}/i.test(text))).to.deep.equal([]);
  });

  it("says when nothing is decided before", async () => {
    expect((await read({})).text).to.include("not before 3 days after the dispute");
  });
});

describe("silenceRows", () => {
  it("lets a seller's dispute before shipping end in the refund that an overdue shipment gives", async () => {
    const { terms, unit } = await read({});
    const disputed = stepOf({ action: "dispute" }, undisputed("funded", terms.price), {
      terms,
      now: terms.shipBy - 1,
    }).state;
    const rows = silenceRows(disputed, { terms, unit, texts });
    expect(rows.map(([, what]) => what)).to.deep.equal(["the dispute ends undecided; the buyer gets 40,000 USDC"]);
  });

  it("does at the backstop what the clock would have done, however early the dispute was opened", async () => {
    const { terms, unit } = await read({ shipWithin: "120d", coverage: "0" });
    const disputed = stepOf({ action: "dispute" }, undisputed("funded", terms.price), { terms, now }).state;
    expect(silenceRows(disputed, { terms, unit, texts })).to.deep.equal([
      [formatTime(terms.shipBy + terms.backstop), "the dispute ends undecided; the buyer gets 40,000 USDC"],
    ]);
  });

  it("divides after delivery as agreed and leaves the claims on the bond open", async () => {
    const { terms, unit } = await read({});
    const delivered = undisputed("delivered", terms.price, terms.deliverBy);
    const disputed = stepOf({ action: "dispute" }, delivered, { terms, now: terms.deliverBy - DAY }).state;
    const [split, close] = silenceRows(disputed, { terms, unit, texts });
    expect(split?.[1]).to.match(
      /^the dispute ends undecided; the buyer gets 20,000 USDC, the seller gets 19,600 USDC, the marketplace gets 400 USDC; claims on the seller's bond stay open until \d{4}/,
    );
    expect(close?.[1]).to.equal("the seller's coverage is free again");
  });
});
