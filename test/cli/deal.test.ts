import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { expect } from "chai";
import { decodeFunctionData, type Hex } from "viem";
import { escrowAbi } from "../../src/abi/escrow.ts";
import { panelTribunalAbi } from "../../src/abi/panelTribunal.ts";
import { stablecoinAbi } from "../../src/abi/stablecoin.ts";
import { createKeystore } from "../../src/chain/keystore.ts";
import { templateExample } from "../../src/cli/dealTemplate.ts";
import { statusNumber } from "../../src/core/deal/dealTable.ts";
import { consentOf, intentDigest, intentSchemas } from "../../src/core/deal/intents.ts";
import { dealIdOf, termsDigest, termsSchema } from "../../src/core/deal/terms.ts";
import { packTerms } from "../../src/core/deal/termsCodec.ts";
import { recoverSigner } from "../../src/core/recoverSigner.ts";
import { runCli } from "../fixtures/cli.ts";

const escrow = "0x5fbdb2315678afecb367f032d93f642f64180aa3";
const tribunal = "0xcf7ed3acca5a467e9e704c703e8d87f634fb0fc9";
const domain = { chainId: 31337, escrow } as const;
const place = ["--chain-id", "31337", "--escrow", escrow];

describe("holdfast deal", () => {
  let dir: string;
  const at = (name: string) => join(dir, name);
  const deal = (...args: string[]) => runCli(["deal", ...args, "--json"], { cwd: dir });
  const done = async (...args: string[]) => {
    const run = await deal(...args);
    expect(run.exitCode, run.stdout + run.stderr).to.equal(0);
    return run.json();
  };
  const refusal = async (...args: string[]) => {
    const run = await deal(...args);
    return { exitCode: run.exitCode, ...(run.json().error as { code: string; details: Record<string, unknown> }) };
  };
  const template = async (changes: object) => {
    await writeFile(at("changed.json"), JSON.stringify({ ...templateExample, tribunal, ...changes }));
    return "changed.json";
  };
  const as = (who: string) => ["--keystore", at(`${who}.json`), "--password-file", at("password.txt")];
  const address = {} as Record<"buyer" | "seller" | "stranger", Hex>;

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "holdfast-deal-"));
    await writeFile(at("password.txt"), "correct horse");
    for (const who of ["buyer", "seller", "stranger"] as const) {
      address[who] = createKeystore(at(`${who}.json`), "correct horse").address.toLowerCase() as Hex;
    }
    const { buyer, seller } = address;
    const name = await template({ buyer, seller });
    await done("terms", name, "--out", "deal.json", ...place);
  });
  after(() => rm(dir, { recursive: true }));

  const readTerms = async () => termsSchema.parse(JSON.parse(await readFile(at("deal.json"), "utf8")).terms);

  it("prints no symbol that could pass for words of ours", async () => {
    const symbol = "US\u001b[2J\n\u202eD";
    const name = await template({ token: { ...templateExample.token, symbol } });
    const run = await runCli(["deal", "terms", name, ...place], { cwd: dir });
    expect(run.exitCode).to.equal(0);
    expect(run.stdout).not.to.match(/[^\n\P{Cc}]|\p{Cf}/u);
    expect(run.stdout).to.include("40,000 US\\u{1b}[2J\\u{a}\\u{202e}D");
  });

  it("prints a template that it accepts", async () => {
    const example = await runCli(["deal", "terms", "--example"]);
    expect(JSON.parse(example.stdout)).to.deep.equal(templateExample);
  });

  it("writes exact terms from plain amounts and durations, with clocks that follow each other", async () => {
    const terms = await readTerms();
    expect(terms).to.include({ price: 40_000_000_000n, deposit: 40_000_000_000n, coverage: 5_000_000_000n });
    expect(terms).to.include({ feeBps: 200, silenceBps: 5_000, inspection: 864_000, tail: 2_592_000, tribunal });
    expect(terms.shipBy - terms.fundBy).to.equal(3 * 86_400);
    expect(terms.deliverBy - terms.shipBy).to.equal(15 * 86_400);
    const { id } = JSON.parse(await readFile(at("deal.json"), "utf8"));
    expect(id).to.equal(dealIdOf(terms, domain));
  });

  it("gives the clocks of a deposit their place before shipping", async () => {
    const name = await template({ deposit: "8000", coverage: "8000", earnest: true, balanceWithin: "5d" });
    const { terms } = (await done("terms", name, ...place)) as { terms: Record<string, number> };
    expect(terms.balanceBy! - terms.fundBy!).to.equal(5 * 86_400);
    expect(terms.shipBy! - terms.balanceBy!).to.equal(3 * 86_400);
    const { buyer: _buyer, ...lacking } = templateExample;
    await writeFile(at("lacking.json"), JSON.stringify(lacking));
    expect(await refusal("terms", "lacking.json", ...place)).to.deep.include({ exitCode: 65, code: "input-malformed" });
  });

  it("says in words who pays what, by when, and what happens if nobody acts", async () => {
    const { stdout } = await runCli(["deal", "id", "deal.json"], { cwd: dir });
    for (const words of [
      "40,000 USDC",
      "39,200 USDC when nobody disputes",
      "800 USDC",
      "5,000 USDC of it is set aside",
    ]) {
      expect(stdout).to.include(words);
    }
    expect(stdout).to.include("If nobody acts").and.to.include("3 of 5 arbitrators");
    expect(stdout).to.include(termsDigest(await readTerms(), domain));
  });

  it("refuses a template that is wrong, before anything is written", async () => {
    const name = await template({ price: "40,000" });
    expect(await refusal("terms", name, "--out", "never.json", ...place)).to.include({
      exitCode: 65,
      code: "amount-invalid",
    });
    const unsafe = await refusal("terms", await template({ price: "0" }), "--out", "never.json", ...place);
    expect(unsafe).to.deep.include({ exitCode: 65, code: "terms-unsafe", details: { fact: "amount-zero" } });
    expect(await refusal("id", "never.json")).to.include({ exitCode: 66, code: "file-missing" });
  });

  it("refuses a deal file whose terms were changed after its id", async () => {
    const text = await readFile(at("deal.json"), "utf8");
    await writeFile(at("forged.json"), text.replace('"40000000000"', '"40000000001"'));
    expect(await refusal("id", "forged.json")).to.deep.include({ code: "input-malformed", exitCode: 65 });
  });

  it("computes the id of bare terms, for the chain and escrow that are named", async () => {
    const { terms, id } = JSON.parse(await readFile(at("deal.json"), "utf8"));
    await writeFile(at("terms.json"), JSON.stringify(terms));
    expect((await done("id", "terms.json", ...place)).id).to.equal(id);
    expect((await done("id", "terms.json", "--chain-id", "1", "--escrow", escrow)).id).not.to.equal(id);
    expect(await refusal("id", "terms.json")).to.include({ code: "usage-invalid", exitCode: 64 });
  });

  it("packs terms into the contract's eight words and reads them back", async () => {
    const { words } = (await done("pack", "deal.json")) as { words: Hex[] };
    expect(words).to.deep.equal(packTerms(await readTerms()).words);
    const unpacked = await done("unpack", ...words);
    expect(termsSchema.parse(unpacked)).to.deep.equal(await readTerms());
    await writeFile(at("words.txt"), words.join("\n"));
    expect(await done("unpack", "words.txt")).to.deep.equal(unpacked);
    expect(await refusal("unpack", ...words.slice(1))).to.include({ code: "terms-malformed", exitCode: 65 });
  });

  it("signs the terms as the seller and keeps the signature in the deal file", async () => {
    const signed = await done("sign", "deal.json", ...as("seller"), "--out", "signed.json");
    const { id, sellerSignature } = JSON.parse(await readFile(at("signed.json"), "utf8"));
    expect(signed).to.include({ deal: id, role: "seller", signature: sellerSignature });
    expect(await recoverSigner(termsDigest(await readTerms(), domain), sellerSignature)).to.equal(address.seller);
  });

  it("refuses the key of a stranger and signs nothing", async () => {
    const { exitCode, code, details } = await refusal("sign", "deal.json", ...as("stranger"), "--out", "no.json");
    expect({ exitCode, code }).to.deep.equal({ exitCode: 77, code: "key-wrong" });
    expect(details.address).to.equal(address.stranger);
    expect((await refusal("intent", "confirm", "deal.json", ...as("seller"))).code).to.equal("key-wrong");
  });

  it("signs an intent that only names this deal, and is good for the time that was given", async () => {
    const when = ["--status", "delivered"];
    const earliest = Math.floor(Date.now() / 1_000) + 2 * 3_600;
    const { request } = (await done("intent", "confirm", "deal.json", ...as("buyer"), ...when, "--deadline", "2h")) as {
      request: { kind: string; message: unknown; signature: Hex };
    };
    const message = intentSchemas.ConfirmReceipt.parse(request.message);
    expect(message.deadline).to.be.within(earliest, earliest + 60);
    expect(message).to.include({ status: statusNumber("delivered"), amount: 40_000_000_000n });
    const digest = intentDigest({ kind: "ConfirmReceipt", message }, domain);
    expect(await recoverSigner(digest, request.signature)).to.equal(address.buyer);
  });

  it("signs nothing that states a status which nobody named", async () => {
    const dispute = ["intent", "dispute", "deal.json", ...as("buyer"), "--statement", "deal.json"];
    expect((await refusal(...dispute)).code).to.equal("usage-invalid");
    expect((await refusal(...dispute, "--status", "lost")).code).to.equal("usage-invalid");
    const { request } = (await done(...dispute, "--status", "shipped")) as { request: { message: object } };
    expect(request.message).to.include({ status: statusNumber("shipped"), by: address.buyer });
  });

  it("previews what a wallet signs, without a key", async () => {
    const when = ["--status", "shipped", "--deadline", "2030-01-01T00:00:00Z", "--preview"];
    const dispute = ["intent", "dispute", "deal.json", "--statement", "deal.json", ...when];
    const preview = await done(...dispute, "--by", "seller");
    expect(preview.signers).to.deep.equal([{ role: "seller", address: address.seller }]);
    expect(preview).to.include({ kind: "OpenDispute", action: "dispute", threshold: 1, deadline: 1_893_456_000 });
    const { request } = (await done(...dispute.slice(0, -1), ...as("seller"))) as { request: { signature: Hex } };
    expect(await recoverSigner(preview.digest as Hex, request.signature)).to.equal(address.seller);
    expect((await refusal(...dispute)).code).to.equal("usage-invalid");
    const signing = [...dispute.slice(0, -1), ...as("buyer"), "--by", "seller"];
    expect((await refusal(...signing)).details).to.include({ problem: "by-without-preview" });
    for (const more of [["--send"], ["--out", "preview.json"]]) {
      const refused = await refusal(...dispute, "--by", "seller", ...more);
      expect(refused.details).to.include({ problem: "preview-only-prints" });
    }
  });

  it("makes a settlement of two signatures, one after the other", async () => {
    const split = ["--to-buyer", "4000", "--to-seller", "36000"];
    expect((await refusal("intent", "settle", "deal.json", ...as("seller"), ...split)).code).to.equal("usage-invalid");
    const now = ["--status", "funded"];
    const offer = await done("intent", "settle", "deal.json", ...as("seller"), ...split, ...now, "--out", "offer.json");
    expect(offer.isComplete).to.equal(false);
    const both = await done("intent", "settle", "deal.json", ...as("buyer"), "--with", "offer.json");
    expect(both.isComplete).to.equal(true);
    expect((both.request as { message: object }).message).to.include({
      toBuyer: "4000000000",
      toSeller: "36000000000",
    });
  });

  it("prints the calls with which a buyer pays without any relayer", async () => {
    await done("sign", "deal.json", ...as("seller"), "--out", "covered.json");
    const { calls } = (await done("call", "fund", "covered.json")) as {
      calls: { to: Hex; data: Hex; value: string }[];
    };
    expect(calls.map(({ to }) => to)).to.deep.equal([tribunal, templateExample.token.address, escrow]);
    const register = decodeFunctionData({ abi: panelTribunalAbi, data: calls[0]!.data });
    expect(register.functionName).to.equal("register");
    const approve = decodeFunctionData({ abi: stablecoinAbi, data: calls[1]!.data });
    expect(approve).to.deep.include({ functionName: "approve" });
    const fund = decodeFunctionData({ abi: escrowAbi, data: calls[2]!.data });
    const { sellerSignature } = JSON.parse(await readFile(at("covered.json"), "utf8"));
    expect(fund).to.deep.include({ functionName: "fund" });
    expect(fund.args?.slice(1)).to.deep.equal(["0x", sellerSignature]);
    expect((await refusal("call", "fund", "deal.json")).code).to.equal("usage-invalid");
  });

  it("prints what anyone sends for a party that signed", async () => {
    const when = ["--status", "delivered", "--deadline", "2h"];
    await done("intent", "confirm", "deal.json", ...as("buyer"), ...when, "--out", "confirm.json");
    const { message, signature } = JSON.parse(await readFile(at("confirm.json"), "utf8"));
    const { calls } = (await done("call", "confirm", "deal.json", "--signed", "confirm.json")) as {
      calls: { data: Hex }[];
    };
    const { functionName, args } = decodeFunctionData({ abi: escrowAbi, data: calls[0]!.data });
    expect(functionName).to.equal("confirm");
    expect(args?.slice(1)).to.deep.equal([BigInt(message.amount), 4, consentOf(message.deadline, signature)]);
    const wrong = await refusal("call", "ship", "deal.json", "--signed", "confirm.json");
    expect(wrong).to.include({ exitCode: 64, code: "usage-invalid" });
  });

  it("prints no call for what was signed about another deal", async () => {
    const other = { kind: "FundDeal", deal: `0x${"ab".repeat(32)}`, buyerSignature: `0x${"11".repeat(65)}` };
    await writeFile(at("other.json"), JSON.stringify(other));
    const wrong = await refusal("call", "fund", "deal.json", "--signed", "other.json");
    expect(wrong.details).to.include({ problem: "signed-about-other-deal" });
  });

  it("sends the price along with the call in native currency", async () => {
    const name = await template({ token: "native", price: "1.5", coverage: "0" });
    await done("terms", name, "--out", "native.json", ...place);
    const { calls } = (await done("call", "fund", "native.json")) as { calls: { to: Hex; value: string }[] };
    expect(calls.map(({ to }) => to)).to.deep.equal([tribunal, escrow]);
    expect(calls[1]).to.include({ to: escrow, value: "1500000000000000000" });
  });

  it("prints a call for every action that somebody can take alone", async () => {
    const calls: [string, string, ...string[]][] = [
      ["ship", "ship", "--tracking", "deal.json"],
      ["deliver", "deliver", "--proof", `0x${"22".repeat(32)}`],
      ["confirm", "confirm", "--amount", "12", "--status", "delivered"],
      ["release", "release"],
      ["refund", "refund", "--amount", "1.5", "--remaining", "0", "--status", "funded"],
      ["expire", "expire"],
      ["lapse", "lapse"],
      ["close", "close"],
      ["dispute", "dispute", "--statement", "deal.json", "--by", "seller"],
      ["pay-shortfall", "payShortfall", "--amount", "12"],
      ["request-bond", "requestBondWithdrawal"],
      ["withdraw-bond", "withdrawBond", "--amount", "12", "--to", escrow],
      ["withdraw-credit", "withdrawCredit", "--to", escrow, "--amount", "3", "--by", escrow],
    ];
    for (const [action, functionName, ...args] of calls) {
      const { calls: printed } = (await done("call", action, "deal.json", ...args)) as { calls: { data: Hex }[] };
      expect(decodeFunctionData({ abi: escrowAbi, data: printed.at(-1)!.data }).functionName).to.equal(functionName);
    }
  });

  it("states what a seller has seen in a refund, from the options or from what was signed", async () => {
    const call = async (...args: string[]) => {
      const { calls } = (await done("call", "refund", "deal.json", ...args)) as { calls: { data: Hex }[] };
      return decodeFunctionData({ abi: escrowAbi, data: calls[0]!.data }).args?.slice(1);
    };
    const seen = ["--remaining", "0.25", "--status", "shipped"];
    expect(await call("--amount", "1.5", ...seen)).to.deep.equal([1_500_000n, 250_000n, 3, "0x"]);

    const paper = ["--amount", "2", "--remaining", "1", "--status", "funded", "--deadline", "2h"];
    await done("intent", "refund", "deal.json", ...as("seller"), ...paper, "--out", "refund.json");
    const { message, signature } = JSON.parse(await readFile(at("refund.json"), "utf8"));
    const consent = consentOf(message.deadline, signature);
    expect(await call("--signed", "refund.json")).to.deep.equal([2_000_000n, 1_000_000n, 2, consent]);

    const refused = ["call", "refund", "deal.json", "--amount", "1.5"];
    expect((await refusal(...refused)).code).to.equal("usage-invalid");
    expect((await refusal(...refused, "--remaining", "1")).code).to.equal("usage-invalid");
    expect((await refusal(...refused, "--remaining", "1", "--status", "sold")).code).to.equal("usage-invalid");
    expect((await refusal("call", "confirm", "deal.json")).code).to.equal("usage-invalid");
    expect((await refusal("call", "confirm", "deal.json", "--status", "funded")).code).to.equal("usage-invalid");
  });

  it("needs the amount of a credit or a shortfall where no node can say it, and who disputes", async () => {
    expect((await refusal("pay-shortfall", "deal.json")).code).to.equal("usage-invalid");
    const credit = ["call", "withdraw-credit", "deal.json", "--to", escrow, "--by", escrow];
    expect((await refusal(...credit)).code).to.equal("usage-invalid");
    expect((await refusal("call", "dispute", "deal.json", "--statement", "deal.json")).code).to.equal("usage-invalid");
  });

  it("refuses terms that their own panel would refuse", async () => {
    const { panel } = templateExample;
    const cases = [
      [{ inspection: "5d" }, "panel-inspection-too-short"],
      [{ panel: { ...panel, minBackstop: "100d" } }, "panel-backstop-too-short"],
      [{ buyer: panel.arbitrators[0] }, "panel-party-is-arbitrator"],
    ] as const;
    for (const [changes, fact] of cases) {
      const refused = await refusal("terms", await template(changes), ...place);
      expect(refused).to.deep.include({ exitCode: 65, code: "terms-unsafe", details: { fact } });
    }
  });
});
