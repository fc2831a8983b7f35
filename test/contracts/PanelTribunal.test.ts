import { expect } from "chai";
import { network } from "hardhat";
import { type Hex, numberToHex, slice, zeroHash } from "viem";
import { statusNumber } from "../../src/core/deal/dealTable.ts";
import {
  type Determination,
  determinationDigest,
  determinationTypedData,
  type Extension,
  extensionDigest,
  extensionTypedData,
} from "../../src/core/deal/intents.ts";
import {
  type Panel,
  panelRefusal,
  panelRules,
  type Seat,
  seatSignatures,
  sortPanel,
} from "../../src/core/deal/panel.ts";
import type { Terms } from "../../src/core/deal/terms.ts";
import {
  ANSWER_WINDOW,
  COVERAGE,
  compact,
  DAY,
  type Fixture,
  signWith,
  startingPoint,
  type TestDeal,
} from "../fixtures/escrow.ts";

const connection = await network.create();
const { ethers, networkHelpers } = connection;

const load = startingPoint(connection);
const HOUR = 3_600;
const lower = (account: { address: string }) => account.address.toLowerCase() as Hex;

/** `count` addresses in ascending order. */
const addresses = (count: number, from = 1n): Hex[] =>
  Array.from({ length: count }, (_, index) => numberToHex(from + BigInt(index), { size: 20 }));

const register = (f: Fixture, panel: Panel) => f.tribunal.connect(f.stranger).register(panel, [...panel.arbitrators]);

/** Everything to the buyer, unless told otherwise, valid for a day after the answer window. */
const determinationOn = async (
  f: Fixture,
  deal: TestDeal,
  over: Partial<Determination> = {},
): Promise<Determination> => ({
  deal: deal.id,
  disputedAt: (await f.stateOf(deal.id)).disputedAt,
  toBuyer: deal.terms.price,
  toSeller: 0n,
  compensation: 0n,
  reasons: f.digest("reasons"),
  evidence: f.digest("evidence"),
  deadline: (await f.time.latest()) + ANSWER_WINDOW + DAY,
  ...over,
});

type Signed = Awaited<ReturnType<Fixture["determinationOf"]>>;

const determine = (f: Fixture, deal: TestDeal, signed: Signed) =>
  f.tribunal.connect(f.relayer).determine(deal.packed, ...signed);

/** Replaces what `determine` takes, by the position of its arguments after the terms. */
const change = (
  [determination, panel, seats, walletSignatures]: Signed,
  over: { panel?: Panel; seats?: readonly Seat[]; walletSignatures?: readonly Hex[] },
) =>
  [
    determination,
    over.panel ?? panel,
    over.seats ?? seats,
    over.walletSignatures ?? walletSignatures,
  ] as unknown as Signed;

/** A key's signature of 64 or 65 bytes as a seat. */
const seated = (signature: Hex): Seat => {
  const short = compact(signature);
  return { r: slice(short, 0, 32), vs: slice(short, 32, 64) };
};

/** The seat of an arbitrator who did not sign; with `place`, of a contract wallet with that signature, counted from 1. */
const unsigned = (arbitrator: string, place = 0n): Seat => ({
  r: numberToHex((place << 160n) | BigInt(arbitrator), { size: 32 }),
  vs: zeroHash,
});

/** A deal of which the other side had its time to answer, and a determination of it. */
const answered = async (f: Fixture, changes: Partial<Terms> = {}, over: Partial<Determination> = {}) => {
  const deal = await f.reach("disputed-delivered", changes);
  const signed = await f.determinationOf(await determinationOn(f, deal, over));
  await f.time.increase(ANSWER_WINDOW);
  const refuses = (given: Signed, error: string, args: readonly unknown[], from: { interface: unknown } = f.tribunal) =>
    f.expectRefusal(deal, () => determine(f, deal, given), { error, args, from });
  return { deal, signed, refuses };
};

describe("PanelTribunal", () => {
  describe("register", () => {
    it("registers a panel once and for ever, by anyone, and says who is on it", async () => {
      const f = await load();
      const panel = { ...f.panel, threshold: 5 };
      const rules = panelRules(panel);
      expect(await f.tribunal.isRegistered(rules)).to.equal(false);
      const { threshold, answerWindow, minInspection, minBackstop } = panel;
      const arbitrators = panel.arbitrators.map((one) => ethers.getAddress(one));
      await expect(register(f, panel))
        .to.emit(f.tribunal, "PanelRegistered")
        .withArgs(rules, [threshold, answerWindow, minInspection, minBackstop], arbitrators);
      expect(await f.tribunal.isRegistered(rules)).to.equal(true);
    });

    it("changes nothing and says nothing when it is done again", async () => {
      const f = await load();
      const arbitrators = [...f.panel.arbitrators];
      expect(await f.tribunal.register.staticCall(f.panel, arbitrators)).to.equal(panelRules(f.panel));
      await expect(register(f, f.panel)).not.to.emit(f.tribunal, "PanelRegistered");
      expect(await f.tribunal.isRegistered(panelRules(f.panel))).to.equal(true);
    });

    it("reverts with ThresholdOutOfRange for no threshold, one above the panel, nobody, and more than 64", async () => {
      const f = await load();
      for (const [threshold, count] of [
        [0, 5],
        [6, 5],
        [0, 0],
        [1, 0],
        [1, 65],
      ] as const) {
        const panel = { ...f.panel, threshold, arbitrators: addresses(count) };
        await expect(register(f, panel))
          .to.be.revertedWithCustomError(f.tribunal, "ThresholdOutOfRange")
          .withArgs(threshold, count);
      }
    });

    it("takes a panel of one, and one of 64 who all decide", async () => {
      const f = await load();
      for (const count of [1, 64]) {
        const panel = { ...f.panel, threshold: count, arbitrators: addresses(count) };
        await expect(register(f, panel)).to.emit(f.tribunal, "PanelRegistered");
      }
    });

    it("reverts with ArbitratorsNotAscending for zero, a duplicate, and a wrong order", async () => {
      const f = await load();
      const [one, two, three] = addresses(3) as [Hex, Hex, Hex];
      for (const [arbitrators, wrong] of [
        [[ethers.ZeroAddress as Hex, one, two], ethers.ZeroAddress],
        [[one, one, two], one],
        [[one, three, two], two],
      ] as const)
        await expect(register(f, { ...f.panel, arbitrators }))
          .to.be.revertedWithCustomError(f.tribunal, "ArbitratorsNotAscending")
          .withArgs(ethers.getAddress(wrong));
    });

    it("reverts with PanelClocksTooShort below each floor, and takes the floors", async () => {
      const f = await load();
      const floors = { answerWindow: HOUR, minInspection: HOUR, minBackstop: 2 * HOUR };
      for (const clocks of [
        { ...floors, answerWindow: HOUR - 1 },
        { ...floors, minInspection: HOUR - 1 },
        { ...floors, minBackstop: 2 * HOUR - 1 },
        { ...floors, answerWindow: HOUR + 1 },
      ])
        await expect(register(f, { ...f.panel, ...clocks }))
          .to.be.revertedWithCustomError(f.tribunal, "PanelClocksTooShort")
          .withArgs(clocks.answerWindow, clocks.minInspection, clocks.minBackstop);
      await expect(register(f, { ...f.panel, ...floors })).to.emit(f.tribunal, "PanelRegistered");
    });

    it("does not register an answer window so long that an hour more overflows", async () => {
      const f = await load();
      const answerWindow = 2 ** 32 - 1;
      await expect(register(f, { ...f.panel, answerWindow, minBackstop: answerWindow }))
        .to.be.revertedWithCustomError(f.tribunal, "PanelClocksTooShort")
        .withArgs(answerWindow, f.panel.minInspection, answerWindow);
    });
  });

  describe("accepts", () => {
    const largest = (f: Fixture): Panel =>
      sortPanel({
        ...f.panel,
        threshold: 40,
        arbitrators: Array.from({ length: 64 }, (_, seat) => slice(f.digest(`arbitrator ${seat}`), 12)),
      });

    /** The three bits that the tribunal's filter keeps of an account. */
    const bitsOf = (account: Hex) => [0n, 7n, 14n].map((shift) => (BigInt(account) >> shift) % 128n);

    /** Accounts that are not on the panel, although arbitrators have set all of their bits; found by trying. */
    const lookalikesOf = (f: Fixture, panel: Panel, count: number): Hex[] => {
      const set = new Set(panel.arbitrators.flatMap(bitsOf));
      const found: Hex[] = [];
      for (let salt = 0; found.length < count; ++salt) {
        const candidate = slice(f.digest(`party ${salt}`), 12);
        if (bitsOf(candidate).every((bit) => set.has(bit)) && !panel.arbitrators.includes(candidate)) {
          found.push(candidate);
        }
      }
      return found;
    };

    /** The tribunal, to be called in any name. */
    const asked = (f: Fixture) => f.tribunal.connect(ethers.provider) as typeof f.tribunal;

    const accepts = async (f: Fixture, terms: Terms) => {
      const answer = await asked(f).accepts(f.dealOf(terms).packed, { from: f.escrow });
      expect(["0x00000000", f.tribunal.interface.getFunction("accepts").selector]).to.include(answer);
      return answer !== "0x00000000";
    };

    it("accepts a registered panel with clocks at its floors, and refuses a second less", async () => {
      const f = await load();
      const { minInspection: inspection, minBackstop: backstop } = f.panel;
      for (const [changes, isAccepted] of [
        [{ inspection, backstop }, true],
        [{ inspection: inspection - 1, backstop }, false],
        [{ inspection, backstop: backstop - 1 }, false],
        // The backstop counts from the end of the inspection, so it need not outlast it.
        [{ inspection: backstop + DAY, backstop }, true],
        [{ inspection, backstop, rules: f.digest("unregistered") }, false],
        [{ inspection, backstop, rules: zeroHash }, false],
      ] as const) {
        const terms = await f.termsOf(changes);
        expect(await accepts(f, terms)).to.equal(isAccepted);
        expect(panelRefusal(f.panel, terms) === undefined, "core says the same").to.equal(isAccepted);
      }
    });

    it("refuses the deals of every escrow but its own", async () => {
      const f = await load();
      const other = await ethers.deployContract("Escrow", [ethers.ZeroAddress]);
      const { packed } = f.dealOf(await f.termsOf());
      for (const from of [other, f.stranger, f.tribunal])
        expect(await asked(f).accepts(packed, { from })).to.equal("0x00000000");
      const deal = f.dealOf(await f.termsOf());
      await expect(other.connect(f.buyer).fund(packed, "0x", "0x", f.nativeValue(deal.terms)))
        .to.be.revertedWithCustomError(other, "TribunalRefuses")
        .withArgs(f.tribunal);
    });

    it("refuses a buyer, a seller or a marketplace among the arbitrators, wherever they sit", async () => {
      const f = await load();
      for (const arbitrator of f.panel.arbitrators)
        for (const role of ["buyer", "seller", "marketplace"] as const) {
          const terms = await f.termsOf({ [role]: arbitrator });
          expect(await accepts(f, terms)).to.equal(false);
          expect(panelRefusal(f.panel, terms)).to.equal("party-is-arbitrator");
        }
      expect(
        await accepts(f, await f.termsOf({ attestor: f.panel.arbitrators[0]! })),
        "an attestor is no party",
      ).to.equal(true);
    });

    it("refuses an arbitrator of this panel only: on another panel a party may sit", async () => {
      const f = await load();
      const other = { ...f.panel, arbitrators: [lower(f.buyer)] };
      await register(f, { ...other, threshold: 1 });
      expect(await accepts(f, await f.termsOf())).to.equal(true);
    });

    it("accepts a party that only looks like an arbitrator to the filter, whose bits others have set", async () => {
      const f = await load();
      const panel = largest(f);
      await register(f, panel);
      const [lookalike] = lookalikesOf(f, panel, 1);
      for (const role of ["buyer", "seller", "marketplace"] as const) {
        expect(await accepts(f, await f.termsOf({ rules: panelRules(panel), [role]: lookalike }))).to.equal(true);
        const seatedParty = { rules: panelRules(panel), [role]: panel.arbitrators[7]! };
        expect(await accepts(f, await f.termsOf(seatedParty))).to.equal(false);
      }
    });

    it("answers within the gas that the escrow gives, for the largest panel and three lookalikes", async () => {
      const f = await load();
      const panel = largest(f);
      await register(f, panel);
      const [buyer, seller, marketplace] = lookalikesOf(f, panel, 3) as [Hex, Hex, Hex];
      const { packed } = f.dealOf(await f.termsOf({ rules: panelRules(panel), buyer, seller, marketplace }));
      expect(await asked(f).accepts(packed, { from: f.escrow })).not.to.equal("0x00000000");
      const gas = await asked(f).accepts.estimateGas(packed, { from: f.escrow });
      expect(gas).to.be.lessThan(50_000n);
    });
  });

  describe("determine", () => {
    it("moves held money and compensation in one transaction, whoever submits it", async () => {
      const f = await load();
      const price = 40_000n;
      const { deal, signed } = await answered(
        f,
        { price, deposit: price, coverage: COVERAGE, token: f.stablecoinAddress },
        { toBuyer: 30_000n, toSeller: 10_000n, compensation: 500n },
      );
      const determining = determine(f, deal, signed);

      await expect(determining)
        .to.emit(f.escrow, "DealAwarded")
        .withArgs(deal.id, 30_000, 10_000, f.digest("reasons"), f.digest("evidence"));
      await expect(determining).to.emit(f.escrow, "DealCompensated").withArgs(deal.id, 500, 0);
      await expect(determining).to.changeTokenBalances(
        ethers,
        f.stablecoin,
        [f.escrow, f.buyer, f.seller, f.relayer],
        [-40_500n, 30_500n, 10_000n, 0n],
      );
    });

    it("takes any three of the five seats, and more than three", async () => {
      const f = await load();
      for (const seats of [
        [0, 1, 2],
        [2, 3, 4],
        [0, 3, 4],
        [0, 1, 2, 4],
        [0, 1, 2, 3, 4],
      ]) {
        const { deal } = await answered(f);
        const signed = await f.determinationOf(await determinationOn(f, deal), seats);
        await expect(determine(f, deal, signed)).to.emit(f.escrow, "DealAwarded");
      }
    });

    it("reverts with SignaturesMissing for fewer than decide, and for none", async () => {
      const f = await load();
      const { signed, refuses } = await answered(f);
      for (const seats of [[0, 2], [4], []])
        await refuses(await f.determinationOf(signed[0], seats), "SignaturesMissing", [seats.length, 3]);
    });

    it("takes arbitrators' contract wallets (ERC-1271) beside keys, and nobody else's signature for them", async () => {
      const f = await load();
      const walletOf = async (owner: typeof f.stranger) =>
        ((await (await f.walletOf(owner)).getAddress()) as Hex).toLowerCase() as Hex;
      const wallets = [await walletOf(f.stranger), await walletOf(f.relayer)];
      const panel = sortPanel({ ...f.panel, threshold: 3, arbitrators: [...wallets, lower(f.arbitrators[0]!)] });
      await register(f, panel);
      const { deal, refuses } = await answered(f, { rules: panelRules(panel) });
      const determination = await determinationOn(f, deal);
      const data = determinationTypedData(determination, f.panelDomain);
      const signatures = await Promise.all(
        panel.arbitrators.map(async (signer) => ({ signer, signature: await signWith(f.keyOf(signer), data) })),
      );
      const signed = await f.argumentsOf(determination, panel, signatures);
      const [first, second] = signed[3] as unknown as [Hex, Hex];
      const firstWallet = panel.arbitrators.find((one) => wallets.includes(one))!;
      for (const walletSignatures of [[second, first], [first.replace(/..$/, "1d") as Hex, second], []])
        await refuses(change(signed, { walletSignatures }), "SignatureInvalid", [firstWallet]);
      await expect(determine(f, deal, signed)).to.emit(f.escrow, "DealAwarded");
    });

    it("counts no seat twice: a wallet's signature cannot speak for another wallet's seat", async () => {
      const f = await load();
      const wallets = [await f.walletOf(f.stranger), await f.walletOf(f.relayer)];
      const arbitrators = await Promise.all(
        wallets.map(async (wallet) => ((await wallet.getAddress()) as Hex).toLowerCase() as Hex),
      );
      const panel = sortPanel({ ...f.panel, threshold: 2, arbitrators });
      await register(f, panel);
      const { deal, refuses } = await answered(f, { rules: panelRules(panel) });
      const determination = await determinationOn(f, deal);
      const [one, two] = panel.arbitrators as [Hex, Hex];
      const signature = await signWith(f.keyOf(one), determinationTypedData(determination, f.panelDomain));
      const signed = await f.argumentsOf(determination, panel, [{ signer: one, signature }]);
      const shared = [unsigned(one, 1n), unsigned(two, 1n)];
      await refuses(change(signed, { seats: shared }), "SignatureInvalid", [two]);
    });

    it("reverts with SignatureInvalid for a key's seat that points to a wallet's signature of nobody", async () => {
      const f = await load();
      const { signed, refuses } = await answered(f);
      const arbitrator = f.panel.arbitrators[0]!;
      const attempts: readonly (readonly [bigint, readonly Hex[]])[] = [
        [1n, []],
        [2n, ["0x"]],
        [2n ** 96n - 1n, ["0x"]],
        [1n, ["0x"]],
        [1n, [`0x${"00".repeat(64)}`]],
        [1n, [`0x${"00".repeat(65)}`]],
      ];
      for (const [place, walletSignatures] of attempts) {
        const seats = [unsigned(arbitrator, place), ...signed[2].slice(1)];
        await refuses(change(signed, { seats, walletSignatures }), "SignatureInvalid", [arbitrator]);
      }
    });

    it("reverts with PanelMismatch for other rules, arbitrators left out, added, or in another order", async () => {
      const f = await load();
      const { deal, signed, refuses } = await answered(f);
      const { arbitrators } = f.panel;
      const others: readonly Panel[] = [
        { ...f.panel, threshold: 1 },
        { ...f.panel, answerWindow: HOUR },
        { ...f.panel, minInspection: HOUR },
        { ...f.panel, minBackstop: f.panel.minBackstop + 1 },
        { ...f.panel, arbitrators: arbitrators.slice(0, 4) },
        { ...f.panel, arbitrators: arbitrators.toReversed() },
        { ...f.panel, arbitrators: [...arbitrators, deal.terms.attestor] },
        { ...f.panel, arbitrators: [] },
      ];
      for (const other of others) {
        const data = determinationTypedData(signed[0], f.panelDomain);
        const signatures = await Promise.all(
          other.arbitrators
            .slice(0, 3)
            .map(async (signer) => ({ signer, signature: await signWith(f.keyOf(signer), data) })),
        );
        const { seats } = await seatSignatures(other, determinationDigest(signed[0], f.panelDomain), signatures);
        await refuses(change(signed, { panel: other, seats }), "PanelMismatch", [deal.terms.rules, panelRules(other)]);
      }
    });

    it("reverts with PanelMismatch when one arbitrator fills two seats, or sits in another's", async () => {
      const f = await load();
      const { deal, signed, refuses } = await answered(f);
      const [a, b, c, d, e] = signed[2] as unknown as [Seat, Seat, Seat, Seat, Seat];
      const [one, two, three, four, five] = f.panel.arbitrators as unknown as [Hex, Hex, Hex, Hex, Hex];
      const twice = { ...f.panel, arbitrators: [one, one, three, four, five] };
      await refuses(change(signed, { seats: [a, a, c, d, e] }), "PanelMismatch", [deal.terms.rules, panelRules(twice)]);
      const swapped = { ...f.panel, arbitrators: [two, one, three, four, five] };
      await refuses(change(signed, { seats: [b, a, c, d, e] }), "PanelMismatch", [
        deal.terms.rules,
        panelRules(swapped),
      ]);
    });

    it("reverts with PanelMismatch for a stranger, another chain, another tribunal, another word", async () => {
      const f = await load();
      const { deal, signed, refuses } = await answered(f);
      const arbitrator = f.arbitrators[0]!;
      const others = signed[2].slice(1);
      const digest = determinationDigest(signed[0], f.panelDomain);
      const data = determinationTypedData(signed[0], f.panelDomain);
      const wrong: readonly Hex[] = [
        await signWith(f.stranger, data),
        await signWith(arbitrator, determinationTypedData(signed[0], { ...f.panelDomain, chainId: 1 })),
        await signWith(arbitrator, determinationTypedData(signed[0], { ...f.panelDomain, tribunal: f.domain.escrow })),
        await signWith(arbitrator, determinationTypedData({ ...signed[0], compensation: 1n }, f.panelDomain)),
        await signWith(arbitrator, determinationTypedData({ ...signed[0], toBuyer: 1n }, f.panelDomain)),
        await signWith(arbitrator, determinationTypedData({ ...signed[0], evidence: f.digest("x") }, f.panelDomain)),
        await signWith(arbitrator, determinationTypedData({ ...signed[0], reasons: f.digest("x") }, f.panelDomain)),
      ];
      for (const signature of wrong) {
        const recovered = ethers.recoverAddress(digest, signature).toLowerCase() as Hex;
        const panel = { ...f.panel, arbitrators: [recovered, ...f.panel.arbitrators.slice(1)] };
        const seats = [seated(signature), ...others];
        await refuses(change(signed, { seats }), "PanelMismatch", [deal.terms.rules, panelRules(panel)]);
      }
    });

    it("reverts with PanelMismatch for the other parity and for a signature that nobody could make", async () => {
      const f = await load();
      const { deal, signed, refuses } = await answered(f);
      const { r, vs } = signed[2][0]!;
      const parity = 1n << 255n;
      const digest = determinationDigest(signed[0], f.panelDomain);
      const otherParity = { r, vs: numberToHex(BigInt(vs) ^ parity, { size: 32 }) };
      const somebody = ethers.recoverAddress(digest, `${r}${otherParity.vs.slice(2)}`).toLowerCase() as Hex;
      const nobody = ethers.ZeroAddress as Hex;
      for (const [seat, who] of [
        [otherParity, somebody],
        [{ r, vs: numberToHex(parity - 1n, { size: 32 }) }, nobody],
        [{ r: zeroHash, vs }, nobody],
      ] as const) {
        const panel = { ...f.panel, arbitrators: [who, ...f.panel.arbitrators.slice(1)] };
        const seats = [seat, ...signed[2].slice(1)];
        await refuses(change(signed, { seats }), "PanelMismatch", [deal.terms.rules, panelRules(panel)]);
      }
    });

    it("reverts with PanelMismatch when it is submitted to another deal of the same panel", async () => {
      const f = await load();
      const { deal, refuses } = await answered(f);
      const other = await answered(f);
      const digest = determinationDigest({ ...other.signed[0], deal: deal.id }, f.panelDomain);
      const arbitrators = f.panel.arbitrators.map((arbitrator, seat) => {
        const { r, vs } = other.signed[2][seat]!;
        return vs === zeroHash
          ? arbitrator
          : (ethers.recoverAddress(digest, `${r}${vs.slice(2)}`).toLowerCase() as Hex);
      });
      const rules = panelRules({ ...f.panel, arbitrators });
      await refuses(other.signed, "PanelMismatch", [deal.terms.rules, rules]);
    });

    it("takes no signature over an extension for one over a determination", async () => {
      const f = await load();
      const { deal, signed } = await answered(f);
      const { disputedAt, deadline } = signed[0];
      const extension = { deal: deal.id, disputedAt, until: 1, reasons: f.digest("reasons"), deadline };
      const [, , seats] = await f.extensionOf(extension);
      await expect(determine(f, deal, change(signed, { seats }))).to.be.revertedWithCustomError(
        f.tribunal,
        "PanelMismatch",
      );
    });

    it("reverts with AnswerWindowOpen until the last second of the window, and runs at its end", async () => {
      const f = await load();
      const deal = await f.reach("disputed-delivered");
      const { disputedAt } = await f.stateOf(deal.id);
      const until = disputedAt + ANSWER_WINDOW;
      const signed = await f.determinationOf(await determinationOn(f, deal));
      await f.time.setNextBlockTimestamp(until - 1);
      const early = () => determine(f, deal, signed);
      await f.expectRefusal(deal, early, { error: "AnswerWindowOpen", args: [until], from: f.tribunal });
      await f.time.setNextBlockTimestamp(until);
      await expect(determine(f, deal, signed)).to.emit(f.escrow, "DealAwarded");
    });

    it("waits for the inspection and the answer after it, in a dispute that was open at delivery", async () => {
      const f = await load();
      const deal = await f.reach("disputed-shipped");
      await f.deliver(deal);
      const inspectionUntil = (await f.time.latest()) + deal.terms.inspection;
      const answerUntil = inspectionUntil + ANSWER_WINDOW;
      const determination = await determinationOn(f, deal, { deadline: answerUntil + DAY });
      expect(determination.disputedAt).to.equal(inspectionUntil);
      const signed = await f.determinationOf(determination);
      const send = () => determine(f, deal, signed);
      for (const at of [inspectionUntil - 1, inspectionUntil, answerUntil - 1]) {
        await f.time.setNextBlockTimestamp(at);
        await f.expectRefusal(deal, send, { error: "AnswerWindowOpen", args: [answerUntil], from: f.tribunal });
      }
      await f.time.setNextBlockTimestamp(answerUntil);
      await expect(send()).to.emit(f.escrow, "DealAwarded");
    });

    it("has the time after the answer that its panel asks for, when the goods arrive in the last second", async () => {
      const f = await load();
      const { minInspection: inspection, minBackstop: backstop } = f.panel;
      const deal = await f.reach("disputed-shipped", { inspection, backstop });
      const at = deal.terms.deliverBy - 1;
      await f.time.setNextBlockTimestamp(at);
      await f.deliver(deal);
      const until = at + inspection + backstop;
      expect((await f.stateOf(deal.id)).until).to.equal(until);
      const signed = await f.determinationOf(await determinationOn(f, deal, { deadline: until }));
      await f.time.setNextBlockTimestamp(until - 1);
      await expect(determine(f, deal, signed)).to.emit(f.escrow, "DealAwarded");
    });

    it("reverts with OtherDispute for what was signed before the goods of a disputed deal were delivered", async () => {
      const f = await load();
      const deal = await f.reach("disputed-shipped");
      const before = await determinationOn(f, deal, { deadline: deal.terms.deliverBy + deal.terms.backstop });
      const signed = await f.determinationOf(before);
      await f.deliver(deal);
      const { disputedAt } = await f.stateOf(deal.id);
      await f.time.setNextBlockTimestamp(disputedAt + ANSWER_WINDOW);
      await f.expectRefusal(deal, () => determine(f, deal, signed), {
        error: "OtherDispute",
        args: [before.disputedAt, disputedAt],
        from: f.tribunal,
      });
    });

    it("reverts with DeterminationExpired at its deadline, and runs one second before", async () => {
      const f = await load();
      const { deal, signed, refuses } = await answered(f);
      const { deadline } = signed[0];
      const snapshot = await networkHelpers.takeSnapshot();
      await f.time.setNextBlockTimestamp(deadline);
      await refuses(signed, "DeterminationExpired", [deadline]);
      await snapshot.restore();
      await f.time.setNextBlockTimestamp(deadline - 1);
      await expect(determine(f, deal, signed)).to.emit(f.escrow, "DealAwarded");
    });

    it("reverts with DigestZero without reasons, and without evidence", async () => {
      const f = await load();
      const { signed, refuses } = await answered(f);
      for (const over of [{ reasons: zeroHash }, { evidence: zeroHash }])
        await refuses(await f.determinationOf({ ...signed[0], ...over }), "DigestZero", []);
    });

    it("reverts with DeadlinePassed at the backstop, and runs one second before", async () => {
      const f = await load();
      const { deal, signed, refuses } = await answered(f);
      const { until } = await f.stateOf(deal.id);
      const late = await f.determinationOf({ ...signed[0], deadline: until + DAY });
      const snapshot = await networkHelpers.takeSnapshot();
      await f.time.setNextBlockTimestamp(until);
      await refuses(late, "DeadlinePassed", [until], f.escrow);
      await snapshot.restore();
      await f.time.setNextBlockTimestamp(until - 1);
      await expect(determine(f, deal, late)).to.emit(f.escrow, "DealAwarded");
    });

    it("reverts with NotCaller before a deal that names another tribunal", async () => {
      const f = await load();
      const other = await ethers.deployContract("OpenTribunal", [f.escrow]);
      const tribunal = ((await other.getAddress()) as Hex).toLowerCase() as Hex;
      const { deal, refuses, signed } = await answered(f, { tribunal });
      await refuses(signed, "NotCaller", [f.tribunal.target, deal.terms.tribunal], f.escrow);
    });

    it("reverts with AmountsDoNotSum when the determination splits what is not there", async () => {
      const f = await load();
      const { deal, refuses, signed } = await answered(f, {}, { toSeller: 1n });
      await refuses(signed, "AmountsDoNotSum", [deal.terms.price, 1n, deal.terms.price], f.escrow);
    });

    it("runs once, and never before a dispute", async () => {
      const f = await load();
      const { deal, signed, refuses } = await answered(f);
      await determine(f, deal, signed);
      await refuses(signed, "WrongStatus", [deal.id, statusNumber("none"), statusNumber("disputed")], f.escrow);

      const quiet = await f.reach("delivered");
      const early = await f.determinationOf(await determinationOn(f, quiet));
      await f.expectRefusal(quiet, () => determine(f, quiet, early), {
        error: "WrongStatus",
        args: [quiet.id, statusNumber("delivered"), statusNumber("disputed")],
      });
    });
  });

  describe("extend", () => {
    const extensionOn = async (f: Fixture, deal: TestDeal, over: Partial<Extension> = {}): Promise<Extension> => ({
      deal: deal.id,
      disputedAt: (await f.stateOf(deal.id)).disputedAt,
      until: (await f.stateOf(deal.id)).until + 30 * DAY,
      reasons: f.digest("hearing"),
      deadline: (await f.time.latest()) + DAY,
      ...over,
    });
    const extend = (f: Fixture, deal: TestDeal, signed: Awaited<ReturnType<Fixture["extensionOf"]>>) =>
      f.tribunal.connect(f.relayer).extend(deal.packed, ...signed);

    it("moves the backstop at once on three signatures or more, and moves no money", async () => {
      const f = await load();
      for (const seats of [
        [0, 2, 4],
        [0, 1, 2, 3, 4],
      ]) {
        const deal = await f.reach("disputed-delivered");
        const extension = await extensionOn(f, deal);
        const before = await f.stateOf(deal.id);
        const extending = extend(f, deal, await f.extensionOf(extension, seats));
        await expect(extending).to.emit(f.escrow, "BackstopMoved").withArgs(deal.id, extension.until);
        await expect(extending).to.changeEtherBalances(ethers, [f.escrow, f.buyer, f.seller], [0n, 0n, 0n]);
        expect(await f.stateOf(deal.id)).to.deep.equal({ ...before, until: extension.until });
      }
    });

    it("reverts with SignaturesMissing on two", async () => {
      const f = await load();
      const deal = await f.reach("disputed-delivered");
      const signed = await f.extensionOf(await extensionOn(f, deal), [1, 3]);
      await f.expectRefusal(deal, () => extend(f, deal, signed), {
        error: "SignaturesMissing",
        args: [2, 3],
        from: f.tribunal,
      });
    });

    it("reverts with DeterminationExpired at its deadline, and runs one second before", async () => {
      const f = await load();
      const deal = await f.reach("disputed-delivered");
      const extension = await extensionOn(f, deal);
      const signed = await f.extensionOf(extension);
      const refusal = { error: "DeterminationExpired", args: [extension.deadline], from: f.tribunal };
      const snapshot = await networkHelpers.takeSnapshot();
      await f.time.setNextBlockTimestamp(extension.deadline);
      await f.expectRefusal(deal, () => extend(f, deal, signed), refusal);
      await snapshot.restore();
      await f.time.setNextBlockTimestamp(extension.deadline - 1);
      await expect(extend(f, deal, signed)).to.emit(f.escrow, "BackstopMoved");
    });

    it("reverts with DigestZero without reasons", async () => {
      const f = await load();
      const deal = await f.reach("disputed-delivered");
      const signed = await f.extensionOf(await extensionOn(f, deal, { reasons: zeroHash }));
      await f.expectRefusal(deal, () => extend(f, deal, signed), { error: "DigestZero", from: f.tribunal });
    });

    it("reverts with OtherDispute for what was signed before the goods of a disputed deal were delivered", async () => {
      const f = await load();
      const deal = await f.reach("disputed-shipped");
      const extension = await extensionOn(f, deal);
      const signed = await f.extensionOf(extension);
      await f.deliver(deal);
      const { disputedAt } = await f.stateOf(deal.id);
      await f.expectRefusal(deal, () => extend(f, deal, signed), {
        error: "OtherDispute",
        args: [extension.disputedAt, disputedAt],
        from: f.tribunal,
      });
    });

    it("runs once: the same extension moves the backstop no further", async () => {
      const f = await load();
      const deal = await f.reach("disputed-delivered");
      const extension = await extensionOn(f, deal);
      const signed = await f.extensionOf(extension);
      await extend(f, deal, signed);
      await f.expectRefusal(deal, () => extend(f, deal, signed), {
        error: "BackstopNotLater",
        args: [extension.until, extension.until],
      });
    });

    it("reverts with PanelMismatch for signatures over another second, another deal, or a determination", async () => {
      const f = await load();
      const deal = await f.reach("disputed-delivered");
      const extension = await extensionOn(f, deal);
      const [, panel, seats, wallets] = await f.extensionOf(extension);
      const [, , ofDetermination] = await f.determinationOf(await determinationOn(f, deal));
      const [, , ofOther] = await f.extensionOf({ ...extension, deal: f.digest("other deal") });
      for (const [said, by] of [
        [{ ...extension, until: extension.until + 1 }, seats],
        [{ ...extension, reasons: f.digest("other") }, seats],
        [extension, ofDetermination],
        [extension, ofOther],
      ] as const)
        await f.expectRefusal(deal, () => extend(f, deal, [said, panel, [...by], wallets]), {
          error: "PanelMismatch",
          from: f.tribunal,
        });
    });

    it("reverts with WrongStatus without a dispute, and DeadlinePassed once the backstop is reached", async () => {
      const f = await load();
      const quiet = await f.reach("delivered");
      const early = await f.extensionOf(await extensionOn(f, quiet));
      await f.expectRefusal(quiet, () => extend(f, quiet, early), {
        error: "WrongStatus",
        args: [quiet.id, statusNumber("delivered"), statusNumber("disputed")],
      });
      const deal = await f.reach("disputed-delivered");
      const { until } = await f.stateOf(deal.id);
      const late = await f.extensionOf(await extensionOn(f, deal, { deadline: until + DAY }));
      await f.time.setNextBlockTimestamp(until);
      await f.expectRefusal(deal, () => extend(f, deal, late), { error: "DeadlinePassed", args: [until] });
    });
  });

  it("hashes rules, determinations and extensions as core does", async () => {
    const f = await load();
    const deal = await f.reach("none");
    expect(await f.tribunal.rulesOf(f.panel, [...f.panel.arbitrators])).to.equal(panelRules(f.panel));
    const determination = await determinationOn(f, deal, { compensation: 3n });
    expect(await f.tribunal.digestOf(deal.id, determination)).to.equal(
      determinationDigest(determination, f.panelDomain),
    );
    const extension = { deal: deal.id, disputedAt: 3, until: 5, reasons: f.digest("reasons"), deadline: 7 };
    const { types } = extensionTypedData(extension, f.panelDomain);
    expect(Object.keys(types)).to.deep.equal(["Extension"]);
    expect(await f.tribunal.extensionDigestOf(deal.id, extension)).to.equal(extensionDigest(extension, f.panelDomain));
  });
});
