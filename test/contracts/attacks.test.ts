import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import { seenIn, statusNumber, undisputed } from "../../src/core/deal/dealTable.ts";
import { consentOf } from "../../src/core/deal/intents.ts";
import { COVERAGE, DAY, FAR, type Fixture, startingPoint } from "../fixtures/escrow.ts";

const connection = await network.create();
const { ethers, networkHelpers } = connection;

const load = startingPoint(connection);
const NATIVE = ethers.ZeroAddress as Hex;
const lower = (account: { address: string }) => account.address.toLowerCase() as Hex;

/** A tribunal that awards whatever the attacker asks. */
const ownTribunal = async (f: Fixture) => {
  const tribunal = await ethers.deployContract("OpenTribunal", [f.escrow]);
  return { tribunal, address: ((await tribunal.getAddress()) as Hex).toLowerCase() as Hex };
};

describe("Escrow under attack", () => {
  it("costs a stranger nothing to be named as seller before the attacker's own tribunal", async () => {
    const f = await load();
    await f.postBond(f.seller.address, NATIVE, COVERAGE);
    const { tribunal, address } = await ownTribunal(f);
    const deal = f.dealOf(await f.termsOf({ buyer: lower(f.stranger), tribunal: address, price: 1n, deposit: 1n }));
    await f.escrow.connect(f.stranger).fund(deal.packed, "0x", "0x", { value: 1n });
    await f.escrow.connect(f.stranger).dispute(deal.packed, f.stranger, f.digest("lie"), "0x");
    const award = [1n, 0n, COVERAGE, f.digest("lie"), f.digest("evidence")] as const;
    const awarding = tribunal.connect(f.stranger).award(deal.packed, ...award);

    await expect(awarding)
      .to.emit(f.escrow, "DealAwarded")
      .withArgs(deal.id, 1, 0, f.digest("lie"), f.digest("evidence"));
    await expect(awarding).not.to.emit(f.escrow, "DealCompensated");
    await expect(awarding).to.changeEtherBalances(ethers, [f.escrow, f.stranger, f.seller], [-1n, 1n, 0n]);
    expect(await f.escrow.bondOf(f.seller, NATIVE)).to.deep.equal([COVERAGE, 0n, 0n]);
    expect(await f.escrow.shortfallOf(deal.id)).to.equal(0n);
  });

  it("binds no bond of a stranger who did not sign these very terms", async () => {
    const f = await load();
    const { address } = await ownTribunal(f);
    const honest = f.dealOf(await f.termsOf({ coverage: COVERAGE }));
    await f.postBond(f.seller.address, NATIVE, COVERAGE);
    const consent = await f.signTerms(f.seller, honest.terms);
    const forged = f.dealOf({ ...honest.terms, buyer: lower(f.stranger), tribunal: address });
    const attempts = [
      [consent, "SignatureInvalid"],
      [await f.signTerms(f.stranger, forged.terms), "SignatureInvalid"],
      ["0x", "SellerSignatureMissing"],
    ] as const;
    for (const [signature, error] of attempts)
      await f.expectRefusal(
        forged,
        () => f.escrow.connect(f.stranger).fund(forged.packed, "0x", signature, f.nativeValue(forged.terms)),
        { error, args: [f.seller] },
      );
  });

  it("binds every field of the terms: a signature over one holds for no other", async () => {
    const f = await load();
    const { terms } = f.dealOf(await f.termsOf({ token: f.stablecoinAddress }));
    const byBuyer = await f.signTerms(f.buyer, terms);
    const { address } = await ownTribunal(f);
    const changes: readonly Partial<typeof terms>[] = [
      { seller: lower(f.stranger) },
      { marketplace: lower(f.stranger) },
      { attestor: lower(f.stranger) },
      { token: NATIVE },
      { price: terms.price + 1n },
      { price: terms.price + 1n, deposit: terms.price },
      { feeBps: 1, marketplace: lower(f.stranger) },
      { earnest: true },
      { fundBy: terms.fundBy + 1 },
      { balanceBy: terms.balanceBy + 1 },
      { shipBy: terms.shipBy + 1 },
      { deliverBy: terms.deliverBy + 1 },
      { inspection: terms.inspection + 1 },
      { tail: terms.tail + 1 },
      { tribunal: address },
      { rules: f.digest("rules") },
      { backstop: terms.backstop + 1 },
      { silenceBps: 0 },
      { order: f.digest("order") },
    ];
    for (const change of changes) {
      const deal = f.dealOf({ ...terms, ...change });
      await f.expectRefusal(
        deal,
        () => f.escrow.connect(f.relayer).fund(deal.packed, byBuyer, "0x", f.nativeValue(deal.terms)),
        { error: "SignatureInvalid", args: [f.buyer] },
      );
    }
  });

  it("keeps a signature of one owner's wallet from being used for that owner's other wallet", async () => {
    const f = await load();
    const wallets = [await f.walletOf(f.buyer), await f.walletOf(f.buyer)] as const;
    const [one, other] = (await Promise.all(wallets.map(async (w) => (await w.getAddress()).toLowerCase()))) as [
      Hex,
      Hex,
    ];
    const terms = await f.termsOf({ buyer: one });
    const byOne = await f.signTerms(f.buyer, terms);
    const deal = f.dealOf({ ...terms, buyer: other });
    await f.expectRefusal(
      deal,
      () => f.escrow.connect(f.relayer).fund(deal.packed, byOne, "0x", f.nativeValue(deal.terms)),
      { error: "SignatureInvalid", args: [other] },
    );
    const first = await f.reach("delivered", { buyer: one });
    const second = await f.reach("delivered", { buyer: other });
    const message = {
      deal: first.id,
      amount: first.terms.price,
      ...seenIn(undisputed("delivered")),
      deadline: FAR,
    };
    const confirmation = await f.consentTo(one, { kind: "ConfirmReceipt", message });
    await f.expectRefusal(second, () => f.confirmHeld(second, { from: f.relayer, consent: confirmation }), {
      error: "SignatureInvalid",
      args: [other],
    });
  });

  it("takes no wallet's answer but the whole of ERC-1271's, without a revert", async () => {
    const f = await load();
    const magic = "631626ba7e60e01b5f52";
    const answers = { short: `0x${magic}60045ff3`, revert: `0x${magic}60205ffd`, none: "0x5f5ff3" };
    const deal = await f.reach("delivered", { buyer: lower(f.stranger) });
    const send = () => f.confirmHeld(deal, { from: f.relayer, consent: consentOf(FAR, "0x5afe") });
    for (const code of Object.values(answers)) {
      await networkHelpers.setCode(deal.terms.buyer, code);
      await f.expectRefusal(deal, send, { error: "SignatureInvalid", args: [f.stranger] });
    }
    await networkHelpers.setCode(deal.terms.buyer, `0x${magic}60205ff3`);
    await expect(send()).to.emit(f.escrow, "DealReleased");
  });

  it("opens the same terms in two escrows only on two signatures", async () => {
    const f = await load();
    const second = await ethers.deployContract("Escrow", [ethers.ZeroAddress]);
    await f.stablecoin.connect(f.buyer).approve(second, 2n ** 256n - 1n);
    const deal = f.dealOf(await f.termsOf({ token: f.stablecoinAddress }));
    const byBuyer = await f.signTerms(f.buyer, deal.terms);
    await f.escrow.connect(f.relayer).fund(deal.packed, byBuyer, "0x");
    await f.expectRefusal(deal, () => second.connect(f.relayer).fund(deal.packed, byBuyer, "0x"), {
      error: "SignatureInvalid",
      args: [f.buyer],
    });
    expect(await f.stablecoin.balanceOf(second)).to.equal(0n);
  });

  it("replays no intent after the deal closed, before fundBy and after", async () => {
    const f = await load();
    for (const when of ["before", "after"] as const) {
      const deal = await f.reach("delivered");
      const { terms, packed, id } = deal;
      const signed = { deal: id, ...seenIn(undisputed("delivered")), deadline: FAR };
      const confirm = await f.consentTo(terms.buyer, {
        kind: "ConfirmReceipt",
        message: { ...signed, amount: terms.price },
      });
      const refund = await f.consentTo(terms.seller, {
        kind: "RefundBuyer",
        message: { ...signed, amount: terms.price, remaining: 0n },
      });
      const dispute = await f.consentTo(terms.buyer, {
        kind: "OpenDispute",
        message: { ...signed, by: terms.buyer, statement: f.digest("s") },
      });
      if (when === "after") await f.time.increaseTo(terms.fundBy);
      const relayed = f.escrow.connect(f.relayer);
      await relayed.confirm(packed, terms.price, signed.status, confirm);
      const status = statusNumber(when === "before" ? "closed" : "none");
      for (const send of [
        () => relayed.confirm(packed, terms.price, signed.status, confirm),
        () => relayed.refund(packed, terms.price, 0n, signed.status, refund),
      ])
        await f.expectRefusal(deal, send, { error: "DealNotOpen", args: [id, status] });
      // Its status is part of what the buyer signed, and is looked at first.
      await f.expectRefusal(deal, () => relayed.dispute(packed, terms.buyer, f.digest("s"), dispute), {
        error: "SignatureInvalid",
        args: [terms.buyer],
      });
      const own = () => f.escrow.connect(f.buyer).dispute(packed, terms.buyer, f.digest("s"), "0x");
      await f.expectRefusal(deal, own, { error: "DealNotOpen", args: [id, status] });
    }
  });

  it("funds the same terms once: before fundBy a closed deal is known, after it the terms are too late", async () => {
    const f = await load();
    const deal = await f.reach("closed");
    const byBuyer = await f.signTerms(f.buyer, deal.terms);
    const again = () => f.escrow.connect(f.relayer).fund(deal.packed, byBuyer, "0x", f.nativeValue(deal.terms));
    await f.expectRefusal(deal, again, { error: "DealExists", args: [deal.id, statusNumber("closed")] });
    await f.time.increaseTo(deal.terms.fundBy);
    await f.expectRefusal(deal, again, { error: "DeadlinePassed", args: [deal.terms.fundBy] });
  });

  it("takes no consent at its deadline, and none too short to state one", async () => {
    const f = await load();
    const deal = await f.reach("delivered");
    const deadline = (await f.time.latest()) + DAY;
    const message = {
      deal: deal.id,
      amount: deal.terms.price,
      ...seenIn(undisputed("delivered")),
      deadline,
    };
    const consent = await f.consentTo(deal.terms.buyer, { kind: "ConfirmReceipt", message });
    const send = (given: Hex) => f.confirmHeld(deal, { from: f.relayer, consent: given });
    for (const short of ["0x01", "0xffffffff"] as const)
      await f.expectRefusal(deal, () => send(short), { error: "DeadlinePassed", args: [0] });
    const later = consentOf(FAR, `0x${consent.slice(12)}`);
    await f.expectRefusal(deal, () => send(later), { error: "SignatureInvalid", args: [f.buyer] });
    const snapshot = await networkHelpers.takeSnapshot();
    await f.time.setNextBlockTimestamp(deadline);
    await f.expectRefusal(deal, () => send(consent), { error: "DeadlinePassed", args: [deadline] });
    await snapshot.restore();
    await f.time.setNextBlockTimestamp(deadline - 1);
    await expect(send(consent)).to.emit(f.escrow, "DealReleased");
  });

  it("does not let a tribunal reach deals of others, or more than is held", async () => {
    const f = await load();
    const { tribunal, address } = await ownTribunal(f);
    const victim = await f.reach("disputed-delivered");
    const own = await f.reach("disputed-delivered", { tribunal: address, price: 1n, deposit: 1n });
    const everything = [victim.terms.price, 0n, 0n, f.digest("r"), f.digest("e")] as const;
    await f.expectRefusal(victim, () => tribunal.award(victim.packed, ...everything), {
      error: "NotCaller",
      args: [tribunal, victim.terms.tribunal],
    });
    await f.expectRefusal(victim, () => tribunal.award(own.packed, ...everything), {
      error: "AmountsDoNotSum",
      args: [victim.terms.price, 0n, 1n],
    });
  });
});
