import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import { type DealPlace, seenIn, statusNumber, undisputed } from "../../src/core/deal/dealTable.ts";
import { consentOf, type Determination, type Intent, intentTypedData } from "../../src/core/deal/intents.ts";
import { type Panel, panelRules, sortPanel } from "../../src/core/deal/panel.ts";
import { earnestOwed, silenceSplit } from "../../src/core/deal/payouts.ts";
import { dealIdOf, type Terms } from "../../src/core/deal/terms.ts";
import {
  ANSWER_WINDOW,
  COVERAGE,
  DAY,
  FAR,
  type Fixture,
  signWith,
  startingPoint,
  type TestDeal,
} from "../fixtures/escrow.ts";

const connection = await network.create();
const { ethers, networkHelpers } = connection;

const load = startingPoint(connection);
const NATIVE = ethers.ZeroAddress as Hex;
const YEARS_3 = 3 * 365 * DAY;
/** Shortest backstop that the tests' panel accepts. */
const SHORT = 10 * DAY;
const lower = (account: { address: string }) => account.address.toLowerCase() as Hex;

/** A tribunal that does whatever anybody asks. */
const openTribunal = async (f: Fixture) => {
  const tribunal = await ethers.deployContract("OpenTribunal", [f.escrow]);
  return { tribunal, address: ((await tribunal.getAddress()) as Hex).toLowerCase() as Hex };
};

/** Everything to the buyer, unless told otherwise, valid for a year. */
const determinationOn = async (f: Fixture, deal: TestDeal, over: Partial<Determination> = {}) => ({
  deal: deal.id,
  disputedAt: (await f.stateOf(deal.id)).disputedAt,
  toBuyer: deal.terms.price,
  toSeller: 0n,
  compensation: 0n,
  reasons: f.digest("reasons"),
  evidence: f.digest("evidence"),
  deadline: (await f.time.latest()) + 365 * DAY,
  ...over,
});

/** Nobody acts: at every deadline a stranger calls what it allows, until nothing is left to call. */
const staySilent = async (f: Fixture, { terms, packed, id }: TestDeal) => {
  const anyone = f.escrow.connect(f.stranger);
  for (;;) {
    const { status, until } = await f.stateOf(id);
    if (status === "closed" || status === "none") return;
    const clocks = { deposited: terms.balanceBy, funded: terms.shipBy, shipped: terms.deliverBy };
    const at = Object.hasOwn(clocks, status) ? clocks[status as keyof typeof clocks] : until;
    await f.time.increaseTo(Math.max(at, (await f.time.latest()) + 1));
    if (status === "deposited" || status === "disputed") await anyone.lapse(packed);
    else if (status === "delivered") await anyone.release(packed);
    else if (status === "released") await anyone.close(packed);
    else await anyone.expire(packed);
  }
};

/** What buyer and seller own in the escrow's currency, bond and credit of the seller's included, without gas. */
const ownedBy = async (f: Fixture, { terms }: TestDeal) => {
  const [buyer, bond, credit] = await Promise.all([
    ethers.provider.getBalance(terms.buyer),
    f.escrow.bondOf(terms.seller, terms.token),
    f.escrow.creditOf(terms.seller, terms.token),
  ]);
  const seller = (await ethers.provider.getBalance(terms.seller)) + bond.balance + credit;
  return { buyer, seller, reserved: bond.reserved };
};

const earnestTerms = async (f: Fixture): Promise<Partial<Terms>> => ({
  ...(await f.inTwoParts(5n)),
  earnest: true,
  coverage: COVERAGE,
});

/** Registers a panel and gives the terms that name it. */
const registered = async (f: Fixture, changes: Partial<Panel>): Promise<Partial<Terms>> => {
  const panel = sortPanel({ ...f.panel, ...changes });
  await f.tribunal.register(panel, [...panel.arbitrators]);
  return { rules: panelRules(panel) };
};

/** Expects that the terms cannot be funded, although both parties signed them and the bond is there. */
const expectUnfundable = async (f: Fixture, changes: Partial<Terms>, error: string, args: readonly unknown[]) => {
  const deal = f.dealOf(await f.termsOf(changes));
  await f.expectRefusal(deal, () => f.fund(deal), { error, args });
};

/** Id that the forked chain takes. */
const FORK = 4_711n;

/** Another chain with another id that holds the escrow's code, its money and one deal, where they were. */
const forkOf = async (f: Fixture, id: Hex) => {
  // The same clock, not this machine's: by now the tests may have taken longer than the deal's clocks have run.
  const initialDate = new Date((await f.time.latest()) * 1_000);
  const fork = await network.create({ override: { chainId: Number(FORK), initialDate } });
  const { escrow } = f.domain;
  const { setCode, setBalance, setStorageAt } = fork.networkHelpers;
  await setCode(escrow, await ethers.provider.getCode(escrow));
  await setBalance(escrow, await ethers.provider.getBalance(escrow));
  // The deal's word stands in one of the first mappings, under keccak256(id, slot of the mapping).
  for (let mapping = 0; mapping < 16; ++mapping) {
    const at = ethers.solidityPackedKeccak256(["bytes32", "uint256"], [id, mapping]);
    const word = await ethers.provider.getStorage(escrow, at);
    if (word !== ethers.ZeroHash) await setStorageAt(escrow, at, word);
  }
  return fork;
};

describe("what cannot be gamed", () => {
  describe("1. a dispute that nobody decides changes nothing", () => {
    it("pays a seller who never shipped nothing for a dispute one second before shipBy", async () => {
      const f = await load();
      const deal = await f.reach("funded");
      const before = await ownedBy(f, deal);
      await f.time.setNextBlockTimestamp(deal.terms.shipBy - 1);
      await f.dispute(deal, deal.terms.seller);
      await staySilent(f, deal);
      const { price } = deal.terms;
      expect(await ownedBy(f, deal)).to.deep.equal({ ...before, buyer: before.buyer + price });
    });

    it("pays a seller whose shipment was only recorded nothing for a dispute one second before deliverBy", async () => {
      const f = await load();
      const deal = await f.reach("shipped");
      const before = await ownedBy(f, deal);
      await f.time.setNextBlockTimestamp(deal.terms.deliverBy - 1);
      await f.dispute(deal, deal.terms.seller);
      await staySilent(f, deal);
      const { price } = deal.terms;
      expect(await ownedBy(f, deal)).to.deep.equal({ ...before, buyer: before.buyer + price });
    });

    it("lets no seller escape the doubling of earnest money", async () => {
      const f = await load();
      const deal = await f.reach("deposited", await earnestTerms(f));
      await f.payBalance(deal);
      const { price, deposit } = deal.terms;
      const before = await ownedBy(f, deal);
      await f.time.setNextBlockTimestamp(deal.terms.shipBy - 1);
      await f.dispute(deal, deal.terms.seller);
      await staySilent(f, deal);
      expect(await ownedBy(f, deal)).to.deep.equal({
        buyer: before.buyer + price + deposit,
        seller: before.seller - deposit,
        reserved: 0n,
      });
    });

    it("lets no buyer escape the forfeit of earnest money", async () => {
      const f = await load();
      const deal = await f.reach("deposited", await earnestTerms(f));
      const before = await ownedBy(f, deal);
      await f.time.setNextBlockTimestamp(deal.terms.balanceBy - 1);
      await f.dispute(deal);
      await staySilent(f, deal);
      const { deposit } = deal.terms;
      expect(await ownedBy(f, deal)).to.deep.equal({ ...before, seller: before.seller + deposit, reserved: 0n });
    });

    it("lets no seller dispute in Deposited, by call or by paper", async () => {
      const f = await load();
      const deal = await f.reach("deposited");
      const { seller } = deal.terms;
      const refusal = { error: "NotDisputant", args: [seller, statusNumber("deposited")] };
      await f.expectRefusal(deal, () => f.dispute(deal, seller), refusal);
      const call = () => f.escrow.connect(f.seller).dispute(deal.packed, seller, f.digest("lie"), "0x");
      await f.expectRefusal(deal, call, refusal);
    });

    it("leaves paying, shipping and delivering possible while disputed, each with the whole backstop after its clock", async () => {
      const f = await load();
      const deal = await f.reach("disputed-deposited", { backstop: SHORT });
      const { balanceBy, shipBy, deliverBy, inspection } = deal.terms;
      const { disputedAt, until } = await f.stateOf(deal.id);
      expect(until).to.equal(balanceBy + SHORT);
      for (const [perform, stage, clock] of [
        [f.payBalance, "funded", shipBy],
        [f.ship, "shipped", deliverBy],
      ] as const) {
        await perform(deal);
        const held = deal.terms.price;
        const expected = { status: "disputed", disputedFrom: stage, held, until: clock + SHORT, disputedAt };
        expect(await f.stateOf(deal.id)).to.deep.equal(expected);
      }
      await f.deliver(deal);
      const inspectionUntil = (await f.time.latest()) + inspection;
      expect(await f.stateOf(deal.id)).to.deep.equal({
        status: "disputed",
        disputedFrom: "delivered",
        held: deal.terms.price,
        // The goods came early: what stands is not brought forward.
        until: deliverBy + SHORT,
        disputedAt: inspectionUntil,
      });
    });

    for (const [place, opener, clock] of [
      ["deposited", "buyer", "balanceBy"],
      ["funded", "seller", "shipBy"],
      ["funded", "buyer", "shipBy"],
      ["shipped", "seller", "deliverBy"],
      ["shipped", "buyer", "deliverBy"],
      ["delivered", "buyer", "until"],
      ["released", "buyer", "until"],
    ] as const)
      it(`gives the tribunal the same last second for a dispute of the ${opener} at any time: ${place}`, async () => {
        const f = await load();
        const deal = await f.reach(place, { backstop: SHORT });
        const end = clock === "until" ? (await f.stateOf(deal.id)).until : deal.terms[clock];
        const snapshot = await networkHelpers.takeSnapshot();
        for (const at of [(await f.time.latest()) + 1, end - SHORT, end - 1]) {
          if (at <= (await f.time.latest())) continue;
          await f.time.setNextBlockTimestamp(at);
          await f.dispute(deal, deal.terms[opener]);
          expect((await f.stateOf(deal.id)).until).to.equal(end + SHORT);
          await snapshot.restore();
        }
      });

    it("hears a seller after deliverBy although the buyer disputed so early that the backstop could have ended by then", async () => {
      const f = await load();
      const deal = await f.reach("shipped", { backstop: SHORT });
      const { price, deliverBy } = deal.terms;
      await f.time.setNextBlockTimestamp(deliverBy - SHORT);
      await f.dispute(deal);
      await f.time.increaseTo(deliverBy + SHORT - 2);
      const anyone = f.escrow.connect(f.stranger);
      const refusal = { error: "DeadlineNotReached", args: [deliverBy + SHORT] };
      await f.expectRefusal(deal, () => anyone.lapse(deal.packed), refusal);
      await f.time.setNextBlockTimestamp(deliverBy + SHORT - 1);
      const signed = await f.determinationOf(await determinationOn(f, deal, { toBuyer: 0n, toSeller: price }));
      const determined = f.tribunal.connect(f.relayer).determine(deal.packed, ...signed);
      await expect(determined).to.changeEtherBalances(ethers, [f.escrow, f.seller], [-price, price]);
    });

    it("hears a buyer after shipBy although the seller disputed early and did not ship", async () => {
      const f = await load();
      const deal = await f.reach("funded", { backstop: SHORT, coverage: COVERAGE });
      const { price, seller, shipBy } = deal.terms;
      await f.dispute(deal, seller);
      await f.time.increaseTo(shipBy + SHORT - 2);
      const over = { toBuyer: price, compensation: COVERAGE };
      const signed = await f.determinationOf(await determinationOn(f, deal, over));
      const determined = f.tribunal.connect(f.relayer).determine(deal.packed, ...signed);
      const all = price + COVERAGE;
      await expect(determined).to.changeEtherBalances(ethers, [f.escrow, f.buyer], [-all, all]);
    });

    it("does not let a window that is over be disputed again", async () => {
      const f = await load();
      const deal = await f.reach("funded", { backstop: SHORT });
      await f.time.setNextBlockTimestamp(deal.terms.shipBy - 1);
      await f.dispute(deal);
      await f.time.increaseTo(deal.terms.shipBy + SHORT);
      await f.escrow.connect(f.stranger).lapse(deal.packed);
      await f.expectRefusal(deal, () => f.dispute(deal), {
        error: "DealNotOpen",
        args: [deal.id, statusNumber("none")],
      });
    });

    it("keeps the buyer's share for silence when the seller disputes first and the goods come later", async () => {
      const f = await load();
      const deal = await f.reach("shipped", { backstop: SHORT });
      const { price, silenceBps } = deal.terms;
      const before = await ownedBy(f, deal);
      await f.dispute(deal, deal.terms.seller);
      await f.deliver(deal);
      await staySilent(f, deal);
      const share = silenceSplit(price, silenceBps);
      expect(share.toBuyer > 0n).to.equal(true);
      expect(await ownedBy(f, deal)).to.deep.include({ buyer: before.buyer + share.toBuyer });
    });

    const openings: readonly (readonly [DealPlace, "buyer" | "seller", "earnest" | "plain"])[] = [
      ["deposited", "buyer", "earnest"],
      ["deposited", "buyer", "plain"],
      ["funded", "buyer", "plain"],
      ["funded", "seller", "plain"],
      ["funded", "seller", "earnest"],
      ["shipped", "buyer", "plain"],
      ["shipped", "seller", "plain"],
      ["released", "buyer", "plain"],
    ];
    for (const [place, opener, kind] of openings)
      it(`ends in the same amounts with and without the ${opener}'s dispute: ${place}, ${kind}`, async () => {
        const f = await load();
        const isEarnest = kind === "earnest";
        const changes = isEarnest ? await earnestTerms(f) : {};
        const deal = await f.reach(isEarnest ? "deposited" : place, changes);
        if (isEarnest && place === "funded") await f.payBalance(deal);
        const snapshot = await networkHelpers.takeSnapshot();
        await staySilent(f, deal);
        const without = await ownedBy(f, deal);
        for (const when of ["at once", "in the last second"] as const) {
          await snapshot.restore();
          const { until } = await f.stateOf(deal.id);
          const end = { deposited: deal.terms.balanceBy, funded: deal.terms.shipBy, shipped: deal.terms.deliverBy };
          const last = end[place as keyof typeof end] ?? until;
          if (when === "in the last second") await f.time.setNextBlockTimestamp(last - 1);
          await f.dispute(deal, deal.terms[opener]);
          await staySilent(f, deal);
          expect(await ownedBy(f, deal), when).to.deep.equal(without);
        }
      });
  });

  describe("2. the tail is safe", () => {
    it("is not cut short by a seller's dispute after delivery: silence pays the seller, so there is nothing to decide", async () => {
      const f = await load();
      const deal = await f.reach("delivered", { coverage: COVERAGE, backstop: SHORT });
      const { seller } = deal.terms;
      const refusal = { error: "NotDisputant", args: [seller, statusNumber("delivered")] };
      await f.expectRefusal(deal, () => f.dispute(deal, seller), refusal);
      const call = () => f.escrow.connect(f.seller).dispute(deal.packed, seller, f.digest("statement"), "0x");
      await f.expectRefusal(deal, call, refusal);
    });

    it("is not shortened by a silent tribunal: the dispute outlasts it by the whole backstop", async () => {
      const f = await load();
      const deal = await f.reach("released", { backstop: SHORT });
      const { until } = await f.stateOf(deal.id);
      await f.dispute(deal);
      await f.time.increaseTo(until + SHORT - 2);
      const early = () => f.escrow.connect(f.seller).lapse(deal.packed);
      await f.expectRefusal(deal, early, { error: "DeadlineNotReached", args: [until + SHORT] });
      expect((await f.escrow.bondOf(deal.terms.seller, NATIVE)).reserved).to.equal(COVERAGE);
    });

    it("starts when the goods can be there, also when the seller gives in while they are on their way", async () => {
      const f = await load();
      for (const place of ["shipped", "disputed-shipped"] as const) {
        const deal = await f.reach(place, { coverage: COVERAGE, backstop: SHORT });
        const { deliverBy, tail } = deal.terms;
        const open = place === "shipped" ? 0 : SHORT;
        await f.time.setNextBlockTimestamp(deliverBy - 1);
        await f.refund(deal);
        expect((await f.stateOf(deal.id)).until, place).to.equal(deliverBy + tail + open);
      }
    });

    for (const place of ["shipped", "delivered", "disputed-shipped", "disputed-delivered"] as const)
      it(`survives a whole refund in ${place}, also in front of the buyer's dispute`, async () => {
        const f = await load();
        const { tribunal, address } = await openTribunal(f);
        const deal = await f.reach(place, { coverage: COVERAGE, tribunal: address });
        await f.refund(deal);
        const { disputedFrom, status, until } = await f.stateOf(deal.id);
        const start = place.endsWith("shipped") ? deal.terms.deliverBy : await f.time.latest();
        if (place.startsWith("disputed")) {
          expect([status, disputedFrom]).to.deep.equal(["disputed", "released"]);
          expect(until).to.be.at.least(start + deal.terms.tail + deal.terms.backstop);
        } else {
          expect([status, until]).to.deep.equal(["released", start + deal.terms.tail]);
          await f.escrow.connect(f.buyer).dispute(deal.packed, deal.terms.buyer, f.digest("statement"), "0x");
        }
        const award = [0n, 0n, COVERAGE, f.digest("reasons"), f.digest("evidence")] as const;
        await expect(tribunal.award(deal.packed, ...award)).to.changeEtherBalances(ethers, [f.buyer], [COVERAGE]);
      });
  });

  describe("3. terms that are a trap cannot be funded", () => {
    it("refuses windows of one second", async () => {
      const f = await load();
      const now = await f.time.latest();
      const [fundBy, deliverBy] = [now + DAY, now + 18 * DAY];
      await expectUnfundable(f, { inspection: 1 }, "InspectionTooShort", [1, 3600]);
      await expectUnfundable(f, { backstop: 1 }, "BackstopTooShort", [1, 3600]);
      await expectUnfundable(f, { shipBy: fundBy + 1 }, "ClocksOutOfOrder", [fundBy, 0, fundBy + 1, deliverBy]);
      const inParts = await f.inTwoParts();
      const shipBy = now + 3 * DAY;
      const clocks = { fundBy, balanceBy: fundBy + 1, shipBy, deliverBy };
      await expectUnfundable(f, { ...inParts, ...clocks }, "ClocksOutOfOrder", Object.values(clocks));
      const short = { fundBy, shipBy, deliverBy: shipBy + 1 };
      await expectUnfundable(f, short, "ClocksOutOfOrder", [fundBy, 0, shipBy, shipBy + 1]);
    });

    it("refuses clocks below the panel's own floors", async () => {
      const f = await load();
      const { minInspection, minBackstop } = f.panel;
      const refusal = ["TribunalRefuses", [f.tribunal.target]] as const;
      await expectUnfundable(f, { inspection: minInspection - 1 }, ...refusal);
      await expectUnfundable(f, { inspection: minInspection, backstop: minBackstop - 1 }, ...refusal);
      await f.fund(f.dealOf(await f.termsOf({ inspection: minInspection, backstop: minBackstop })));
    });

    it("refuses a tribunal that is a bare key, or a key that delegates its code (EIP-7702)", async () => {
      const f = await load();
      const tribunal = lower(f.stranger);
      await expectUnfundable(f, { tribunal }, "TribunalRefuses", [tribunal]);
      const { address } = await openTribunal(f);
      await networkHelpers.setCode(tribunal, `0xef0100${address.slice(2)}`);
      const delegated = await ethers.getContractAt("OpenTribunal", tribunal);
      const { packed } = f.dealOf(await f.termsOf({ tribunal }));
      expect(await delegated.accepts(packed), "the code that it chose answers").to.equal(
        delegated.interface.getFunction("accepts").selector,
      );
      await expectUnfundable(f, { tribunal }, "TribunalRefuses", [tribunal]);
    });

    it("refuses a panel that was not registered, and a contract that is no tribunal", async () => {
      const f = await load();
      const rules = panelRules({ ...f.panel, threshold: 5 });
      await expectUnfundable(f, { rules }, "TribunalRefuses", [f.tribunal.target]);
      await expectUnfundable(f, { tribunal: f.stablecoinAddress }, "TribunalRefuses", [f.stablecoin.target]);
      await expectUnfundable(f, { tribunal: NATIVE, marketplace: lower(f.marketplace) }, "AddressZero", []);
    });

    it("refuses a panel on which buyer, seller or marketplace sits", async () => {
      const f = await load();
      for (const party of [f.buyer, f.seller, f.marketplace])
        for (const arbitrators of [[lower(party)], [...f.panel.arbitrators.slice(1), lower(party)]]) {
          const changes = await registered(f, { threshold: 1, arbitrators });
          const refused = { ...changes, marketplace: lower(f.marketplace), feeBps: 100 };
          await expectUnfundable(f, refused, "TribunalRefuses", [f.tribunal.target]);
        }
    });

    it("refuses a party or the marketplace as the tribunal", async () => {
      const f = await load();
      const { address } = await openTribunal(f);
      for (const role of ["seller", "marketplace"] as const)
        await expectUnfundable(f, { tribunal: address, [role]: address }, "TribunalIsParty", [address]);
      const wallet = ((await (await f.walletOf(f.stranger)).getAddress()) as Hex).toLowerCase() as Hex;
      await expectUnfundable(f, { tribunal: wallet, buyer: wallet }, "TribunalIsParty", [wallet]);
    });

    it("refuses a marketplace that is the buyer, and the escrow as a party", async () => {
      const f = await load();
      const { escrow } = f.domain;
      const buyer = lower(f.buyer);
      await expectUnfundable(f, { marketplace: buyer, feeBps: 100 }, "BuyerIsMarketplace", [buyer]);
      await expectUnfundable(f, { seller: escrow }, "EscrowIsParty", [escrow]);
      await expectUnfundable(f, { marketplace: escrow, feeBps: 100 }, "EscrowIsParty", [escrow]);
    });

    it("refuses earnest money without coverage that could double it, or without the seller's signature", async () => {
      const f = await load();
      const terms = await earnestTerms(f);
      await f.postBond(lower(f.seller), NATIVE, COVERAGE);
      for (const coverage of [0n, terms.deposit! - 1n])
        await expectUnfundable(f, { ...terms, coverage }, "EarnestNotCovered", [terms.deposit, coverage]);
      const deal = f.dealOf(await f.termsOf(terms));
      const byBuyer = () => f.escrow.connect(f.buyer).fund(deal.packed, "0x", "0x", f.nativeValue(deal.terms));
      await f.expectRefusal(deal, byBuyer, { error: "SellerSignatureMissing", args: [f.seller.address] });
      await f.fund(deal);
    });
  });

  describe("4. a panel leaves time to answer, and gives reasons", () => {
    it("does not determine in the second of the dispute, nor before the answer window ends", async () => {
      const f = await load();
      const deal = await f.reach("disputed-delivered");
      const { disputedAt } = await f.stateOf(deal.id);
      const signed = await f.determinationOf(await determinationOn(f, deal));
      const determine = () => f.tribunal.connect(f.relayer).determine(deal.packed, ...signed);
      const refusal = { error: "AnswerWindowOpen", args: [disputedAt + ANSWER_WINDOW], from: f.tribunal };
      await f.expectRefusal(deal, determine, refusal);
      await f.time.setNextBlockTimestamp(disputedAt + ANSWER_WINDOW - 1);
      await f.expectRefusal(deal, determine, refusal);
      await f.time.increaseTo(disputedAt + ANSWER_WINDOW);
      await expect(determine()).to.emit(f.escrow, "DealAwarded");
    });

    it("decides no dispute that was open at delivery before the buyer could inspect and the other side answer", async () => {
      const f = await load();
      const deal = await f.reach("disputed-shipped", { backstop: SHORT });
      await f.deliver(deal);
      const inspectionUntil = (await f.time.latest()) + deal.terms.inspection;
      const signed = await f.determinationOf(await determinationOn(f, deal));
      const determine = () => f.tribunal.connect(f.relayer).determine(deal.packed, ...signed);
      await f.time.setNextBlockTimestamp(inspectionUntil + ANSWER_WINDOW - 1);
      await f.expectRefusal(deal, determine, {
        error: "AnswerWindowOpen",
        args: [inspectionUntil + ANSWER_WINDOW],
        from: f.tribunal,
      });
      await f.time.increaseTo(inspectionUntil + ANSWER_WINDOW);
      await expect(determine()).to.emit(f.escrow, "DealAwarded");
    });

    it("does not determine without reasons or evidence", async () => {
      const f = await load();
      const deal = await f.reach("disputed-delivered");
      await f.time.increase(ANSWER_WINDOW);
      for (const over of [{ reasons: ethers.ZeroHash as Hex }, { evidence: ethers.ZeroHash as Hex }]) {
        const signed = await f.determinationOf(await determinationOn(f, deal, over));
        const determine = () => f.tribunal.connect(f.relayer).determine(deal.packed, ...signed);
        await f.expectRefusal(deal, determine, { error: "DigestZero", from: f.tribunal });
      }
    });

    it("registers no panel without an hour to answer, to inspect, and to decide after the answer", async () => {
      const f = await load();
      for (const clocks of [{ answerWindow: 3599 }, { minInspection: 3599 }, { minBackstop: ANSWER_WINDOW + 3599 }]) {
        const panel = { ...f.panel, ...clocks };
        await expect(f.tribunal.register(panel, [...panel.arbitrators]))
          .to.be.revertedWithCustomError(f.tribunal, "PanelClocksTooShort")
          .withArgs(panel.answerWindow, panel.minInspection, panel.minBackstop);
      }
    });
  });

  describe("5. a backstop moves, and never beyond three years from the dispute", () => {
    it("is moved by the panel, 180 days at a time, to three years and not a second further", async () => {
      const f = await load();
      const deal = await f.reach("disputed-delivered");
      const { disputedAt } = await f.stateOf(deal.id);
      const latest = disputedAt + YEARS_3;
      const extend = async (until: number) => {
        const extension = { deal: deal.id, disputedAt, until, reasons: f.digest("reasons"), deadline: FAR };
        return f.tribunal.connect(f.relayer).extend(deal.packed, ...(await f.extensionOf(extension)));
      };
      let steps = 0;
      for (let until = 0; until < latest; ++steps) {
        const now = (await f.time.latest()) + 1;
        const furthest = Math.min(now + 180 * DAY, latest);
        await f.time.setNextBlockTimestamp(now);
        await f.expectRefusal(deal, () => extend(furthest + 1), {
          error: "BackstopTooLate",
          args: [furthest + 1, furthest],
        });
        await f.time.setNextBlockTimestamp(now + 1);
        until = Math.min(now + 1 + 180 * DAY, latest);
        await expect(extend(until)).to.emit(f.escrow, "BackstopMoved").withArgs(deal.id, until);
        await f.time.increaseTo(until - 2 * DAY);
      }
      expect(steps).to.equal(7);
      await f.expectRefusal(deal, () => extend(latest + 1), { error: "BackstopTooLate", args: [latest + 1, latest] });
      await f.time.increaseTo(latest);
      await expect(f.escrow.connect(f.stranger).lapse(deal.packed)).to.emit(f.escrow, "DealLapsed");
    });

    it("is moved no further by a tribunal that would, and never to an earlier second", async () => {
      const f = await load();
      const { tribunal, address } = await openTribunal(f);
      const deal = await f.reach("disputed-delivered", { tribunal: address });
      const { until: current } = await f.stateOf(deal.id);
      const now = (await f.time.latest()) + 1;
      await f.time.setNextBlockTimestamp(now);
      await f.expectRefusal(deal, () => tribunal.extendBackstop(deal.packed, now + 120 * 365 * DAY), {
        error: "BackstopTooLate",
        args: [now + 120 * 365 * DAY, now + 180 * DAY],
      });
      await f.expectRefusal(deal, () => tribunal.extendBackstop(deal.packed, current), {
        error: "BackstopNotLater",
        args: [current, current],
      });
    });
  });

  describe("6. papers do not outlive their purpose", () => {
    const intentsOn = async (f: Fixture, { id, terms }: TestDeal) => {
      const { held: amount } = await f.stateOf(id);
      const common = { deal: id, ...(await f.seenOf(id)), deadline: FAR };
      const statement = f.digest("statement");
      const dispute: Intent = { kind: "OpenDispute", message: { ...common, by: terms.buyer, statement } };
      const confirm: Intent = { kind: "ConfirmReceipt", message: { ...common, amount } };
      const refund: Intent = { kind: "RefundBuyer", message: { ...common, amount, remaining: 0n } };
      return {
        dispute: await f.consentTo(terms.buyer, dispute),
        confirm: await f.consentTo(terms.buyer, confirm),
        refund: await f.consentTo(terms.seller, refund),
      };
    };
    const relayed = (f: Fixture, deal: TestDeal, papers: Awaited<ReturnType<typeof intentsOn>>) => {
      const { packed, terms } = deal;
      const relayer = f.escrow.connect(f.relayer);
      return {
        dispute: () => relayer.dispute(packed, terms.buyer, f.digest("statement"), papers.dispute),
        confirm: () => f.confirmHeld(deal, { from: f.relayer, consent: papers.confirm }),
        refund: () => f.refundHeld(deal, { amount: terms.price, from: f.relayer, consent: papers.refund }),
      };
    };

    it("decides and extends no dispute but the one that the panel signed for", async () => {
      const f = await load();
      const deal = await f.reach("disputed-shipped", { backstop: SHORT });
      const first = await f.stateOf(deal.id);
      const determination = await f.determinationOf(await determinationOn(f, deal));
      const extension = await f.extensionOf({
        deal: deal.id,
        disputedAt: first.disputedAt,
        until: first.until + 30 * DAY,
        reasons: f.digest("reasons"),
        deadline: FAR,
      });
      const panel = f.tribunal.connect(f.relayer);
      await f.time.increase(DAY);
      await f.deliver(deal);
      const { disputedAt } = await f.stateOf(deal.id);
      await f.time.increaseTo(disputedAt + ANSWER_WINDOW);
      const refusal = { error: "OtherDispute", args: [first.disputedAt, disputedAt], from: f.tribunal };
      await f.expectRefusal(deal, () => panel.determine(deal.packed, ...determination), refusal);
      await f.expectRefusal(deal, () => panel.extend(deal.packed, ...extension), refusal);
    });

    it("refunds nothing after shipping on a paper that was signed in a dispute before it", async () => {
      const f = await load();
      const deal = await f.reach("disputed-funded", { coverage: COVERAGE });
      const { refund, confirm } = relayed(f, deal, await intentsOn(f, deal));
      await f.ship(deal);
      await f.expectRefusal(deal, refund, { error: "SignatureInvalid", args: [f.seller.address] });
      await f.expectRefusal(deal, confirm, { error: "SignatureInvalid", args: [f.buyer.address] });
    });

    it("settles nothing, and takes no balance, on papers of an earlier state", async () => {
      const f = await load();
      const deal = await f.reach("deposited", { coverage: COVERAGE });
      const { held } = await f.stateOf(deal.id);
      const seen = await f.seenOf(deal.id);
      const message = { deal: deal.id, toBuyer: 0n, toSeller: held, compensation: 0n, ...seen, deadline: FAR };
      const bySeller = await f.consentTo(deal.terms.seller, { kind: "Settlement", message });
      const byBuyer = await f.consentTo(deal.terms.buyer, { kind: "Settlement", message });
      const amount = deal.terms.price - deal.terms.deposit;
      const paying = { deal: deal.id, amount, ...seen, deadline: FAR };
      const balance = await f.consentTo(deal.terms.buyer, { kind: "PayBalance", message: paying });
      await f.dispute(deal);
      const anyone = f.escrow.connect(f.relayer);
      const settle = () => anyone.settle(deal.packed, 0n, held, 0n, byBuyer, bySeller);
      const pay = () => anyone.payBalance(deal.packed, balance, f.nativeValue(deal.terms, amount));
      for (const send of [settle, pay])
        await f.expectRefusal(deal, send, { error: "SignatureInvalid", args: [f.buyer.address] });
    });

    it("opens nothing in a later status with an old dispute", async () => {
      const f = await load();
      const deal = await f.reach("funded", { coverage: COVERAGE });
      const { dispute } = relayed(f, deal, await intentsOn(f, deal));
      for (const move of [f.ship, f.deliver, f.confirm]) {
        await move(deal);
        await f.expectRefusal(deal, dispute, { error: "SignatureInvalid", args: [f.buyer.address] });
      }
    });

    it("moves nothing in another status with an old confirmation or refund", async () => {
      const f = await load();
      const deal = await f.reach("funded", { coverage: COVERAGE });
      const old = relayed(f, deal, await intentsOn(f, deal));
      for (const move of [f.ship, f.deliver, f.dispute]) {
        await move(deal);
        await f.expectRefusal(deal, old.confirm, { error: "SignatureInvalid", args: [f.buyer.address] });
        await f.expectRefusal(deal, old.refund, { error: "SignatureInvalid", args: [f.seller.address] });
      }
    });

    it("releases nothing that is paid in after the confirmation of a deposit", async () => {
      const f = await load();
      const deal = await f.reach("deposited");
      const { confirm } = relayed(f, deal, await intentsOn(f, deal));
      await f.payBalance(deal);
      await f.expectRefusal(deal, confirm, { error: "SignatureInvalid", args: [f.buyer.address] });
    });

    it("opens no second dispute with the paper of the first, once the tribunal was silent", async () => {
      const f = await load();
      const deal = await f.reach("delivered", { coverage: COVERAGE });
      const { dispute } = relayed(f, deal, await intentsOn(f, deal));
      await dispute();
      await f.time.increaseTo((await f.stateOf(deal.id)).until);
      await f.escrow.connect(f.stranger).lapse(deal.packed);
      await f.expectRefusal(deal, dispute, { error: "SignatureInvalid", args: [f.buyer.address] });
    });

    it("takes nobody's consent to how a dispute ends on a paper that does not state its second", async () => {
      const f = await load();
      const deal = await f.reach("funded", { coverage: COVERAGE });
      const { id, packed, terms } = deal;
      const state = { status: statusNumber("disputed"), disputedFrom: statusNumber("funded"), disputedAt: 0 };
      const confirmation: Intent = {
        kind: "ConfirmReceipt",
        message: { deal: id, amount: terms.price, ...state, deadline: FAR },
      };
      const split = { toBuyer: 0n, toSeller: terms.price, compensation: 0n };
      const settlement: Intent = { kind: "Settlement", message: { deal: id, ...split, ...state, deadline: FAR } };
      const confirm = await f.consentTo(terms.buyer, confirmation);
      const settle = await f.consentTo(terms.buyer, settlement);
      await f.dispute(deal);
      const seller = f.escrow.connect(f.seller);
      const refusal = { error: "SignatureInvalid", args: [f.buyer.address] };
      await f.expectRefusal(deal, () => f.confirmHeld(deal, { from: f.seller, consent: confirm }), refusal);
      await f.expectRefusal(deal, () => seller.settle(packed, 0n, terms.price, 0n, settle, "0x"), refusal);
    });

    it("withdraws no credit and no bond on a paper that its owner signed before an own call", async () => {
      const f = await load();
      const seller = lower(f.seller);
      const anyone = f.escrow.connect(f.relayer);
      await f.postBond(seller, NATIVE, COVERAGE);
      const order = { token: NATIVE, amount: 1n, to: lower(f.buyer), nonce: 0n, deadline: FAR };
      const bond = await f.consentTo(seller, { kind: "WithdrawBond", message: { seller, ...order } });
      const credit = await f.consentTo(seller, { kind: "WithdrawCredit", message: { owner: seller, ...order } });
      await f.escrow.connect(f.seller).requestBondWithdrawal(f.seller, NATIVE, "0x");
      await f.time.increase(180 * DAY);
      const before = await f.account(seller);
      for (const send of [
        () => anyone.withdrawBond(seller, NATIVE, 1n, order.to, bond),
        () => anyone.withdrawCredit(seller, NATIVE, 1n, order.to, credit),
      ])
        await expect(send()).to.be.revertedWithCustomError(f.escrow, "SignatureInvalid").withArgs(f.seller);
      expect(await f.account(seller)).to.deep.equal(before);
    });

    it("does not restart a bond's clock with a second request, by paper or by call", async () => {
      const f = await load();
      await f.postBond(lower(f.seller), NATIVE, COVERAGE);
      const message = { seller: lower(f.seller), token: NATIVE, nonce: 0n, deadline: FAR };
      const kept = await f.consentTo(lower(f.seller), { kind: "RequestBondWithdrawal", message });
      await f.escrow.connect(f.seller).requestBondWithdrawal(f.seller, NATIVE, "0x");
      const { unlockAt } = await f.escrow.bondOf(f.seller, NATIVE);
      const fresh = { ...message, nonce: 1n };
      const signed = await f.consentTo(lower(f.seller), { kind: "RequestBondWithdrawal", message: fresh });
      for (const wait of [1, 100 * DAY, 100 * DAY]) {
        await f.time.increase(wait);
        await expect(f.escrow.connect(f.relayer).requestBondWithdrawal(f.seller, NATIVE, kept))
          .to.be.revertedWithCustomError(f.escrow, "SignatureInvalid")
          .withArgs(f.seller);
        for (const [caller, consent] of [
          [f.relayer, signed],
          [f.seller, "0x"],
        ] as const)
          await expect(f.escrow.connect(caller).requestBondWithdrawal(f.seller, NATIVE, consent))
            .to.be.revertedWithCustomError(f.escrow, "BondWithdrawalRequestedAlready")
            .withArgs(unlockAt);
      }
      expect((await f.escrow.bondOf(f.seller, NATIVE)).unlockAt).to.equal(unlockAt);
    });
  });

  describe("7. a shortfall is owed by a seller who signed or shipped, and can be paid", () => {
    const HUGE = 2n ** 96n - 1n;
    const digests = (f: Fixture) => [f.digest("reasons"), f.digest("evidence")] as const;

    it("records nothing against a stranger who neither signed nor shipped", async () => {
      const f = await load();
      const { tribunal, address } = await openTribunal(f);
      await f.postBond(lower(f.stranger), NATIVE, COVERAGE);
      for (const place of ["disputed-deposited", "disputed-funded"] as const) {
        const deal = await f.reach(place, { seller: lower(f.stranger), tribunal: address });
        const { held } = await f.stateOf(deal.id);
        const award = tribunal.award(deal.packed, held, 0n, HUGE, ...digests(f));
        await expect(award).not.to.emit(f.escrow, "DealCompensated");
        expect(await f.escrow.shortfallOf(deal.id)).to.equal(0n);
      }
      expect(await f.escrow.bondOf(f.stranger, NATIVE)).to.deep.equal([COVERAGE, 0n, 0n]);
    });

    it("records what exceeds the coverage against a seller who signed, and takes its payment in parts, from anyone", async () => {
      const f = await load();
      const { tribunal, address } = await openTribunal(f);
      const deal = await f.reach("disputed-funded", { coverage: COVERAGE, tribunal: address });
      const owed = 1_000n;
      await expect(tribunal.award(deal.packed, deal.terms.price, 0n, COVERAGE + owed, ...digests(f)))
        .to.emit(f.escrow, "DealCompensated")
        .withArgs(deal.id, COVERAGE, owed);

      const paying = f.escrow.connect(f.seller).payShortfall(deal.packed, 400n, { value: 400n });
      await expect(paying).to.changeEtherBalances(ethers, [f.seller, f.buyer, f.escrow], [-400n, 400n, 0n]);
      await expect(paying).to.emit(f.escrow, "ShortfallPaid").withArgs(deal.id, f.seller, 400, 600);
      await f.expectRefusal(deal, () => f.escrow.connect(f.stranger).payShortfall(deal.packed, 601n, { value: 601n }), {
        error: "AmountExceedsShortfall",
        args: [601, 600],
      });
      await expect(f.escrow.connect(f.stranger).payShortfall(deal.packed, 600n, { value: 600n }))
        .to.emit(f.escrow, "ShortfallPaid")
        .withArgs(deal.id, f.stranger, 600, 0);
      expect(await f.escrow.shortfallOf(deal.id)).to.equal(0n);
    });

    it("records it against a seller who shipped without a signature, in a token", async () => {
      const f = await load();
      const { tribunal, address } = await openTribunal(f);
      const deal = await f.reach("disputed-shipped", { token: f.stablecoinAddress, tribunal: address });
      await tribunal.award(deal.packed, deal.terms.price, 0n, 500n, ...digests(f));
      expect(await f.escrow.shortfallOf(deal.id)).to.equal(500n);
      await expect(f.escrow.connect(f.seller).payShortfall(deal.packed, 500n)).to.changeTokenBalances(
        ethers,
        f.stablecoin,
        [f.seller, f.buyer, f.escrow],
        [-500n, 500n, 0n],
      );
    });
  });

  describe("2 again. giving in does not escape an award", () => {
    it("keeps the claim on the coverage when the seller refunds everything in a dispute before shipping", async () => {
      const f = await load();
      const deal = await f.reach("disputed-funded", { coverage: COVERAGE });
      const { disputedAt } = await f.stateOf(deal.id);
      await f.time.increaseTo(disputedAt + ANSWER_WINDOW);
      await f.refundHeld(deal, { amount: deal.terms.price });
      // The buyer need not dispute again, nor wait again.
      const over = { disputedAt, toBuyer: 0n, toSeller: 0n, compensation: COVERAGE };
      const signed = await f.determinationOf(await determinationOn(f, deal, over));
      await expect(f.tribunal.connect(f.relayer).determine(deal.packed, ...signed)).to.changeEtherBalances(
        ethers,
        [f.escrow, f.buyer],
        [-COVERAGE, COVERAGE],
      );
    });

    it("does not free the coverage when the buyer stays silent after it, until a backstop after the tail", async () => {
      const f = await load();
      const deal = await f.reach("disputed-funded", { coverage: COVERAGE, backstop: SHORT });
      await f.refundHeld(deal, { amount: deal.terms.price });
      const end = (await f.time.latest()) + deal.terms.tail + SHORT;
      const anyone = f.escrow.connect(f.stranger);
      const refusal = { error: "WrongStatus", args: [deal.id, statusNumber("disputed"), statusNumber("released")] };
      await f.expectRefusal(deal, () => anyone.close(deal.packed), refusal);
      await f.expectFrom(deal, end, () => anyone.lapse(deal.packed), "DealClosed");
    });

    it("lets no buyer confirm to reach a second dispute: the one that is open goes on", async () => {
      const f = await load();
      const deal = await f.reach("disputed-delivered", { coverage: COVERAGE });
      await f.confirm(deal);
      const refusal = { error: "DealNotOpen", args: [deal.id, statusNumber("disputed")] };
      await f.expectRefusal(deal, () => f.dispute(deal), refusal);
    });

    it("locks no coverage for a buyer who gives an unpaid deposit away instead of letting it lapse", async () => {
      const f = await load();
      for (const place of ["deposited", "disputed-deposited"] as const) {
        const deal = await f.reach(place, await earnestTerms(f));
        await f.time.increaseTo(deal.terms.balanceBy - 10);
        await f.confirm(deal);
        expect((await f.escrow.bondOf(f.seller, NATIVE)).reserved, place).to.equal(0n);
      }
    });

    it("funds no covered deal whose tail is shorter than its inspection", async () => {
      const f = await load();
      await f.postBond(lower(f.seller), NATIVE, COVERAGE);
      const { inspection } = await f.termsOf();
      await expectUnfundable(f, { coverage: COVERAGE, tail: inspection - 1 }, "TailTooShort", [
        inspection - 1,
        inspection,
      ]);
      await f.fund(f.dealOf(await f.termsOf({ coverage: COVERAGE, tail: inspection })));
    });
  });

  describe("8. a party can give in while disputed, and both can settle in the tail", () => {
    const stages = ["deposited", "funded", "shipped", "delivered"] as const;
    for (const stage of stages)
      it(`lets the buyer confirm and the seller refund everything in a dispute of ${stage}`, async () => {
        const f = await load();
        const confirmed = await f.reach(`disputed-${stage}`);
        const { held } = await f.stateOf(confirmed.id);
        await expect(f.confirmHeld(confirmed)).to.changeEtherBalances(ethers, [f.escrow, f.seller], [-held, held]);
        const refunded = await f.reach(`disputed-${stage}`);
        await expect(f.refundHeld(refunded, { amount: held })).to.changeEtherBalances(
          ethers,
          [f.escrow, f.buyer],
          [-held, held],
        );
      });

    for (const place of ["released", "disputed-released"] as const)
      it(`settles in ${place} for a compensation out of the coverage`, async () => {
        const f = await load();
        const deal = await f.reach(place);
        const seen = await f.seenOf(deal.id);
        const message = { deal: deal.id, toBuyer: 0n, toSeller: 0n, compensation: 700n, ...seen, deadline: FAR };
        const bySeller = await f.consentTo(deal.terms.seller, { kind: "Settlement", message });
        const settling = f.escrow.connect(f.buyer).settle(deal.packed, 0n, 0n, 700n, "0x", bySeller);
        await expect(settling).to.changeEtherBalances(ethers, [f.escrow, f.buyer], [-700n, 700n]);
        expect(await f.escrow.bondOf(f.seller, NATIVE)).to.deep.equal([COVERAGE - 700n, 0n, 0n]);
      });
  });

  describe("9. money, views, forks and anchors say the truth", () => {
    const PRICE = 1_000_000n;

    it("does not pay and credit in a token that moves money and answers false", async () => {
      const f = await load();
      const token = await ethers.deployContract("LyingToken");
      await token.mint(f.buyer, 2n * PRICE);
      await token.connect(f.buyer).approve(f.escrow, 2n * PRICE);
      const terms = { token: (await token.getAddress()).toLowerCase() as Hex, price: PRICE, deposit: PRICE };
      const [deal, other] = [await f.reach("delivered", terms), await f.reach("delivered", terms)];
      await token.lie(true);
      await f.confirmHeld(deal);
      expect([await token.balanceOf(f.seller), await f.escrow.creditOf(f.seller, token)]).to.deep.equal([0n, PRICE]);

      await token.lie(false);
      await f.escrow.connect(f.seller).withdrawCredit(f.seller, token, PRICE, f.seller, "0x");
      await f.confirmHeld(other);
      expect([await token.balanceOf(f.seller), await token.balanceOf(f.escrow)]).to.deep.equal([2n * PRICE, 0n]);
    });

    it("lets a credit leave in part where the token lost value", async () => {
      const f = await load();
      const token = await ethers.deployContract("SkewedToken");
      await token.mint(f.buyer, PRICE);
      await token.connect(f.buyer).approve(f.escrow, PRICE);
      const terms = { token: (await token.getAddress()).toLowerCase() as Hex, price: PRICE, deposit: PRICE };
      const deal = await f.reach("delivered", terms);
      await token.shrink(f.escrow, 1n);
      await f.confirmHeld(deal);
      expect(await f.escrow.creditOf(f.seller, token)).to.equal(PRICE);

      const withdraw = (amount: bigint) =>
        f.escrow.connect(f.seller).withdrawCredit(f.seller, token, amount, f.seller, "0x");
      await expect(withdraw(PRICE)).to.be.revertedWithCustomError(f.escrow, "PaymentFailed").withArgs(f.seller, PRICE);
      await expect(withdraw(PRICE - 1n)).to.changeTokenBalances(ethers, token, [f.seller], [PRICE - 1n]);
      expect(await f.escrow.creditOf(f.seller, token)).to.equal(1n);
    });

    it("answers no question about money in the middle of a payment", async () => {
      const f = await load();
      const receiver = await ethers.deployContract("HostileReceiver");
      const seller = ((await receiver.getAddress()) as Hex).toLowerCase() as Hex;
      const callback = "0x000000000000000000000000000000000000c0de";
      const guard = ethers.id("ReentrancyGuardReentrantCall()").slice(0, 10);
      const views = {
        dealOf: [f.digest("deal")],
        bondOf: [seller, NATIVE],
        creditOf: [seller, NATIVE],
        shortfallOf: [f.digest("deal")],
      } as const;
      for (const [name, args] of Object.entries(views)) {
        const deal = await f.reach("funded", { seller });
        await networkHelpers.setCode(callback, f.escrow.interface.encodeFunctionData(name as "dealOf", args as never));
        await receiver.reenter(f.escrow, callback);
        await expect(f.confirmHeld(deal)).to.changeEtherBalances(ethers, [receiver], [deal.terms.price]);
        expect(await receiver.answer(), name).to.equal(guard);
      }
    });

    it("strands no deal when the chain forks: the same code and storage under another chain id go on", async () => {
      const f = await load();
      const deal = await f.reach("delivered");
      const { terms, packed, id } = deal;
      const message = {
        deal: id,
        amount: terms.price,
        ...seenIn(undisputed("delivered")),
        deadline: FAR,
      };
      const confirmation: Intent = { kind: "ConfirmReceipt", message };
      const there = { ...f.domain, chainId: Number(FORK) };
      const delivered = statusNumber("delivered");
      const signedHere = await f.consentTo(terms.buyer, confirmation);
      const signedThere = consentOf(FAR, await signWith(f.buyer, intentTypedData(confirmation, there)));

      const fork = await forkOf(f, id);
      const escrow = await fork.ethers.getContractAt(
        "Escrow",
        f.domain.escrow,
        await fork.ethers.getSigner(lower(f.relayer)),
      );
      expect((await fork.ethers.provider.getNetwork()).chainId).to.equal(FORK);
      expect([await escrow.CHAIN_ID(), await escrow.dealIdOf(packed)]).to.deep.equal([BigInt(f.domain.chainId), id]);
      expect(await escrow.dealOf(id)).to.deep.equal(await f.escrow.dealOf(id));

      await expect(escrow.confirm(packed, terms.price, delivered, signedHere))
        .to.be.revertedWithCustomError(escrow, "SignatureInvalid")
        .withArgs(f.buyer);
      await expect(escrow.confirm(packed, terms.price, delivered, signedThere)).to.changeEtherBalances(
        fork.ethers,
        [f.domain.escrow, f.seller.address],
        [-terms.price, terms.price],
      );
      await fork.close();
      expect(dealIdOf(terms, there), "the id of a deployment there").not.to.equal(id);
    });

    it("does not say yes to another count for a known root", async () => {
      await load();
      const registry = await ethers.deployContract("EvidenceRegistry");
      const root = ethers.id("root");
      await registry.anchor(root, 7);
      await expect(registry.anchor(root, 8))
        .to.be.revertedWithCustomError(registry, "CountDiffers")
        .withArgs(root, 8, 7);
    });
  });

  describe("10. earnest money comes back twice exactly where payouts says so", () => {
    it("doubles what payouts calls owed, from the bond, and nothing for an advance", async () => {
      const f = await load();
      for (const earnest of [true, false]) {
        const deal = await f.reach("deposited", { ...(await earnestTerms(f)), earnest });
        await f.payBalance(deal);
        const owed = earnestOwed(deal.terms);
        expect(owed).to.equal(earnest ? deal.terms.deposit : 0n);
        const { balance } = await f.escrow.bondOf(f.seller, NATIVE);
        await f.time.increaseTo(deal.terms.shipBy);
        const expiring = f.escrow.connect(f.stranger).expire(deal.packed);
        const toBuyer = deal.terms.price + owed;
        await expect(expiring).to.changeEtherBalances(ethers, [f.escrow, f.buyer], [-toBuyer, toBuyer]);
        expect((await f.escrow.bondOf(f.seller, NATIVE)).balance).to.equal(balance - owed);
      }
    });

    it("can always be paid: no deal takes earnest money that its coverage does not double", async () => {
      const f = await load();
      const terms = await earnestTerms(f);
      for (const coverage of [0n, 1n, terms.deposit! - 1n])
        await expectUnfundable(f, { ...terms, coverage }, "EarnestNotCovered", [terms.deposit, coverage]);
      const deal = await f.reach("deposited", { ...terms, coverage: terms.deposit! });
      await expect(f.refundHeld(deal, { amount: deal.terms.deposit })).to.changeEtherBalances(
        ethers,
        [f.buyer],
        [2n * deal.terms.deposit],
      );
    });
  });
});
