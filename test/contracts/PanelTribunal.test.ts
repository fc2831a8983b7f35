import { expect } from "chai";
import { network } from "hardhat";
import { type Hex, numberToHex, pad, size, slice, zeroHash } from "viem";
import {
  type Determination,
  determinationDigest,
  determinationTypedData,
  type Extension,
  extensionDigest,
} from "../../src/core/intents.ts";
import { type Panel, panelRules, type Seat, sortPanel } from "../../src/core/panel.ts";
import type { Terms } from "../../src/core/terms.ts";
import {
  ANSWER_WINDOW,
  COVERAGE,
  compact,
  DAY,
  deployEscrow,
  type Fixture,
  signWith,
  statusNumber,
  type TestDeal,
} from "../fixtures/escrow.ts";

const connection = await network.create();
const { ethers, networkHelpers } = connection;

async function deployed() {
  const f = await deployEscrow(connection);
  await f.giveTokens();
  return f;
}

const load = () => networkHelpers.loadFixture(deployed);

/** Everything to the buyer, unless told otherwise, valid for a day. */
const determinationOn = async (
  f: Fixture,
  deal: TestDeal,
  over: Partial<Determination> = {},
): Promise<Determination> => ({
  deal: deal.id,
  toBuyer: deal.terms.price,
  toSeller: 0n,
  compensation: 0n,
  reasons: f.digest("reasons"),
  evidence: f.digest("evidence"),
  deadline: (await f.time.latest()) + DAY,
  ...over,
});

type Signed = Awaited<ReturnType<Fixture["determinationOf"]>>;

const determine = (f: Fixture, deal: TestDeal, signed: Signed) =>
  f.tribunal.connect(f.relayer).determine(deal.packed, ...signed);

/** Replaces what `determine` takes, by the position of its arguments after the terms. */
const change = (
  signed: Signed,
  over: { panel?: Panel; seats?: readonly Seat[]; walletSignatures?: readonly Hex[] },
): Signed => [
  signed[0],
  over.panel ?? signed[1],
  (over.seats ?? signed[2]).slice(),
  (over.walletSignatures ?? signed[3]).slice(),
];

/** A signature as the tribunal reads it. */
const seated = (signature: Hex): Seat => {
  const short = size(signature) === 64 ? signature : compact(signature);
  return { r: slice(short, 0, 32), vs: slice(short, 32, 64) };
};

/** A seat whose arbitrator did not sign, or whose wallet signed at this place (from one on). */
const seatOf = (arbitrator: Hex, place = 0): Seat => ({
  r: numberToHex((BigInt(place) << 160n) | BigInt(arbitrator), { size: 32 }),
  vs: zeroHash,
});

/** A disputed deal whose answer window is over, and what the first, third and fifth arbitrator signed. */
const disputed = async (f: Fixture, changes: Partial<Terms> = {}, over: Partial<Determination> = {}) => {
  const deal = await f.reach("disputed", changes);
  await f.time.increase(ANSWER_WINDOW);
  const determination = await determinationOn(f, deal, over);
  const signed = await f.determinationOf(determination);
  const refuses = (given: Signed, error: string, args: readonly unknown[], from?: { interface: unknown }) =>
    f.expectRefusal(deal, () => determine(f, deal, given), { error, args, from: from ?? f.tribunal });
  return { deal, determination, signed, refuses };
};

const register = (f: Fixture, panel: Panel) => f.tribunal.connect(f.stranger).register(panel, [...panel.arbitrators]);

describe("PanelTribunal", () => {
  describe("register", () => {
    it("registers a panel once, for anybody, and does nothing the second time", async () => {
      const f = await load();
      const panel = { ...f.panel, threshold: 2 };
      const rules = panelRules(panel);
      expect(await f.tribunal.isRegistered(rules)).to.equal(false);
      await expect(register(f, panel)).to.emit(f.tribunal, "PanelRegistered");
      expect(await f.tribunal.isRegistered(rules)).to.equal(true);
      await expect(register(f, panel)).not.to.emit(f.tribunal, "PanelRegistered");
    });

    it("reverts with ThresholdOutOfRange for nobody, for more than all, and for more than 64 arbitrators", async () => {
      const f = await load();
      const many = Array.from({ length: 65 }, (_, i) => numberToHex(i + 1, { size: 20 }));
      for (const [panel, args] of [
        [{ ...f.panel, threshold: 0 }, [0, 5]],
        [{ ...f.panel, threshold: 6 }, [6, 5]],
        [{ ...f.panel, arbitrators: [] }, [3, 0]],
        [{ ...f.panel, arbitrators: many }, [3, 65]],
      ] as const)
        await expect(register(f, panel))
          .to.be.revertedWithCustomError(f.tribunal, "ThresholdOutOfRange")
          .withArgs(...args);
      await expect(register(f, { ...f.panel, arbitrators: many.slice(0, 64) })).to.emit(f.tribunal, "PanelRegistered");
    });

    it("reverts with PanelClocksTooShort below an hour for each, and takes exactly an hour", async () => {
      const f = await load();
      const least = { ...f.panel, answerWindow: 3_600, minInspection: 3_600, minBackstop: 7_200 };
      for (const wrong of [
        { ...least, answerWindow: 3_599 },
        { ...least, minInspection: 3_599 },
        { ...least, minBackstop: 7_199 },
      ])
        await expect(register(f, wrong))
          .to.be.revertedWithCustomError(f.tribunal, "PanelClocksTooShort")
          .withArgs(wrong.answerWindow, wrong.minInspection, wrong.minBackstop);
      await expect(register(f, least)).to.emit(f.tribunal, "PanelRegistered");
    });

    it("reverts with ArbitratorsNotAscending for a duplicate, another order, and the zero address", async () => {
      const f = await load();
      const [one, two] = f.panel.arbitrators as [Hex, Hex];
      for (const [arbitrators, at] of [
        [[one, one], one],
        [[two, one], one],
        [[ethers.ZeroAddress as Hex, one], ethers.ZeroAddress],
      ] as const)
        await expect(register(f, { ...f.panel, threshold: 1, arbitrators }))
          .to.be.revertedWithCustomError(f.tribunal, "ArbitratorsNotAscending")
          .withArgs(ethers.getAddress(at));
    });
  });

  describe("accepts", () => {
    const answer = async (f: Fixture, changes: Partial<Terms>) =>
      f.tribunal.accepts(f.dealOf(await f.termsOf(changes)).packed);
    const yes = ethers.id("accepts((bytes32[8]))").slice(0, 10);

    it("accepts a registered panel with clocks at its floors, and nothing below", async () => {
      const f = await load();
      const floors = { inspection: f.panel.minInspection, backstop: f.panel.minBackstop };
      expect(await answer(f, floors)).to.equal(yes);
      expect(await answer(f, { ...floors, inspection: floors.inspection - 1 })).to.equal("0x00000000");
      expect(await answer(f, { ...floors, backstop: floors.backstop - 1 })).to.equal("0x00000000");
      expect(await answer(f, { rules: f.digest("nobody's panel") })).to.equal("0x00000000");
    });

    it("refuses a party or the marketplace among the arbitrators", async () => {
      const f = await load();
      for (const party of ["buyer", "seller", "marketplace"] as const)
        expect(await answer(f, { [party]: f.panel.arbitrators[2]! }), party).to.equal("0x00000000");
      expect(await answer(f, { attestor: f.panel.arbitrators[2]! })).to.equal(yes);
    });

    it("accepts an account that only looks like an arbitrator to the filter", async () => {
      const f = await load();
      const one = BigInt(f.panel.arbitrators[0]!);
      // The filter reads the lowest 21 bits: an account that shares them with an arbitrator is another all the same.
      const twin = numberToHex(one ^ (1n << 100n), { size: 20 });
      expect(await answer(f, { marketplace: twin })).to.equal(yes);
    });
  });

  describe("determine", () => {
    it("moves held money and compensation in one transaction, whoever submits it", async () => {
      const f = await load();
      const price = 40_000n;
      const { deal, signed } = await disputed(
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

    it("takes any three of the five seats, four, and all five", async () => {
      const f = await load();
      for (const seats of [
        [0, 1, 2],
        [2, 3, 4],
        [0, 1, 3, 4],
        [0, 1, 2, 3, 4],
      ]) {
        const { deal, determination } = await disputed(f);
        await expect(determine(f, deal, await f.determinationOf(determination, seats))).to.emit(
          f.escrow,
          "DealAwarded",
        );
      }
    });

    it("reverts with SignaturesMissing for two seats and for none", async () => {
      const f = await load();
      const { determination, refuses } = await disputed(f);
      for (const seats of [[0, 2], []])
        await refuses(await f.determinationOf(determination, seats), "SignaturesMissing", [seats.length, 3]);
    });

    it("waits for the answer window, to the second", async () => {
      const f = await load();
      const deal = await f.reach("disputed");
      const { disputedAt } = await f.stateOf(deal.id);
      const signed = await f.determinationOf(await determinationOn(f, deal, { deadline: disputedAt + 9 * DAY }));
      const until = disputedAt + ANSWER_WINDOW;
      const snapshot = await networkHelpers.takeSnapshot();
      await f.time.setNextBlockTimestamp(until - 1);
      await f.expectRefusal(deal, () => determine(f, deal, signed), {
        error: "AnswerWindowOpen",
        args: [until],
        from: f.tribunal,
      });
      await snapshot.restore();
      await f.time.setNextBlockTimestamp(until);
      await expect(determine(f, deal, signed)).to.emit(f.escrow, "DealAwarded");
    });

    it("reverts with DigestZero without reasons or evidence", async () => {
      const f = await load();
      for (const over of [{ reasons: zeroHash }, { evidence: zeroHash }]) {
        const { signed, refuses } = await disputed(f, {}, over);
        await refuses(signed, "DigestZero", []);
      }
    });

    it("takes arbitrators' contract wallets (ERC-1271) beside keys, and nobody else's signature for them", async () => {
      const f = await load();
      const walletOf = async (owner: typeof f.stranger) =>
        ((await (await f.walletOf(owner)).getAddress()) as Hex).toLowerCase() as Hex;
      const wallets = [await walletOf(f.stranger), await walletOf(f.relayer)];
      const panel = sortPanel({ ...f.panel, arbitrators: [...wallets, f.arbitrators[0]!.address as Hex] });
      await register(f, panel);
      const deal = await f.reach("disputed", { rules: panelRules(panel) });
      await f.time.increase(ANSWER_WINDOW);
      const determination = await determinationOn(f, deal);
      const data = determinationTypedData(determination, f.panelDomain);
      const signatures = await Promise.all(
        panel.arbitrators.map(async (signer) => ({ signer, signature: await signWith(f.keyOf(signer), data) })),
      );
      const signed = await f.argumentsOf(determination, panel, signatures);
      const [first, second] = signed[3] as [Hex, Hex];
      const firstWallet = panel.arbitrators.find((one) => wallets.includes(one))!;
      for (const walletSignatures of [[second, first], [first.replace(/..$/, "1d") as Hex, second], []])
        await f.expectRefusal(deal, () => determine(f, deal, change(signed, { walletSignatures })), {
          error: "SignatureInvalid",
          args: [firstWallet],
          from: f.tribunal,
        });
      await expect(determine(f, deal, signed)).to.emit(f.escrow, "DealAwarded");
    });

    it("reverts with SignatureInvalid for a key that is passed off as a contract wallet", async () => {
      const f = await load();
      const { signed, refuses } = await disputed(f);
      const [, ...others] = signed[2];
      const empty: Hex = `0x${"00".repeat(64)}`;
      for (const [place, walletSignatures] of [
        [1, []],
        [2, ["0x"]],
        [1, ["0x"]],
        [1, [empty]],
      ] as const) {
        const seats = [seatOf(f.panel.arbitrators[0]!, place), ...others];
        await refuses(change(signed, { seats, walletSignatures }), "SignatureInvalid", [f.arbitrators[0]]);
      }
    });

    it("is possible one second before its deadline and reverts with DeterminationExpired at it", async () => {
      const f = await load();
      const { deal, signed, refuses } = await disputed(f);
      const { deadline } = signed[0];
      const snapshot = await networkHelpers.takeSnapshot();
      await f.time.setNextBlockTimestamp(deadline);
      await refuses(signed, "DeterminationExpired", [deadline]);
      await snapshot.restore();
      await f.time.setNextBlockTimestamp(deadline - 1);
      await expect(determine(f, deal, signed)).to.emit(f.escrow, "DealAwarded");
    });

    it("reverts with PanelMismatch for other arbitrators, another order, and other rules", async () => {
      const f = await load();
      const { deal, signed, refuses } = await disputed(f);
      const seats = signed[2];
      const arbitrators = f.panel.arbitrators;
      for (const [given, panel] of [
        [seats.slice(0, 4), { ...f.panel, arbitrators: arbitrators.slice(0, 4) }],
        [seats.toReversed(), { ...f.panel, arbitrators: arbitrators.toReversed() }],
        [[...seats, seatOf(deal.terms.attestor)], { ...f.panel, arbitrators: [...arbitrators, deal.terms.attestor] }],
      ] as const)
        await refuses(change(signed, { seats: given }), "PanelMismatch", [deal.terms.rules, panelRules(panel)]);
      for (const over of [{ threshold: 1 }, { answerWindow: 0 }, { minInspection: 1 }, { minBackstop: 1 }]) {
        const panel = { ...f.panel, ...over };
        await refuses(change(signed, { panel }), "PanelMismatch", [deal.terms.rules, panelRules(panel)]);
      }
    });

    it("counts nobody twice: a seat filled by another arbitrator's signature is another panel", async () => {
      const f = await load();
      const { deal, signed, refuses } = await disputed(f);
      const [first, second] = signed[2] as [Seat, Seat];
      const doubled = [first, first, first, ...signed[2].slice(3)];
      const [one, , , four, five] = f.panel.arbitrators as [Hex, Hex, Hex, Hex, Hex];
      const panel = { ...f.panel, arbitrators: [one, one, one, four, five] };
      await refuses(change(signed, { seats: doubled }), "PanelMismatch", [deal.terms.rules, panelRules(panel)]);
      expect(second).to.deep.equal({ r: pad(f.panel.arbitrators[1]!, { size: 32 }), vs: zeroHash });
    });

    it("reverts with PanelMismatch for a stranger, the other parity, another chain, another tribunal, another word", async () => {
      const f = await load();
      const { deal, determination, signed } = await disputed(f);
      const arbitrator = f.arbitrators[0]!;
      const others = signed[2].slice(1);
      const data = determinationTypedData(determination, f.panelDomain);
      const elsewhere = { ...f.panelDomain, tribunal: f.domain.escrow };
      const wrong: readonly Hex[] = [
        await signWith(f.stranger, data),
        await signWith(arbitrator, determinationTypedData(determination, { ...f.panelDomain, chainId: 1 })),
        await signWith(arbitrator, determinationTypedData(determination, elsewhere)),
        await signWith(arbitrator, determinationTypedData({ ...determination, compensation: 1n }, f.panelDomain)),
        await signWith(
          arbitrator,
          determinationTypedData({ ...determination, evidence: f.digest("x") }, f.panelDomain),
        ),
      ];
      const { r, vs } = seated(await signWith(arbitrator, data));
      const parity = 1n << 255n;
      const altered: readonly Seat[] = [
        ...wrong.map(seated),
        { r, vs: numberToHex(BigInt(vs) ^ parity, { size: 32 }) },
        { r, vs: numberToHex(parity - 1n, { size: 32 }) },
      ];
      for (const seat of altered) {
        const before = await f.world(deal);
        await expect(determine(f, deal, change(signed, { seats: [seat, ...others] }))).to.be.revertedWithCustomError(
          f.tribunal,
          "PanelMismatch",
        );
        expect(await f.world(deal)).to.deep.equal(before);
      }
    });

    it("does not decide another deal of the same panel", async () => {
      const f = await load();
      const { deal } = await disputed(f);
      const other = await disputed(f);
      const before = await f.world(deal);
      await expect(determine(f, deal, other.signed)).to.be.revertedWithCustomError(f.tribunal, "PanelMismatch");
      expect(await f.world(deal)).to.deep.equal(before);
    });

    it("reverts with NotCaller before a deal that names another tribunal", async () => {
      const f = await load();
      const other = await f.ethers.deployContract("OpenTribunal", [f.escrow]);
      const tribunal = ((await other.getAddress()) as Hex).toLowerCase() as Hex;
      const { deal, refuses, signed } = await disputed(f, { tribunal });
      await refuses(signed, "NotCaller", [f.tribunal, deal.terms.tribunal], f.escrow);
    });

    it("reverts with AmountsDoNotSum when the determination splits what is not there", async () => {
      const f = await load();
      const { deal, refuses, signed } = await disputed(f, {}, { toSeller: 1n });
      await refuses(signed, "AmountsDoNotSum", [deal.terms.price, 1n, deal.terms.price], f.escrow);
    });

    it("runs once, and never before a dispute", async () => {
      const f = await load();
      const { deal, signed, refuses } = await disputed(f);
      await determine(f, deal, signed);
      const { status } = await f.stateOf(deal.id);
      await refuses(signed, "WrongStatus", [deal.id, statusNumber(status), statusNumber("disputed")], f.escrow);

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
      until: (await f.stateOf(deal.id)).until + 20 * DAY,
      reasons: f.digest("a court is seized"),
      deadline: (await f.time.latest()) + DAY,
      ...over,
    });

    it("moves the backstop on the signatures of as many arbitrators as decide", async () => {
      const f = await load();
      const deal = await f.reach("disputed");
      const extension = await extensionOn(f, deal);
      await expect(f.tribunal.connect(f.relayer).extend(deal.packed, ...(await f.extensionOf(extension))))
        .to.emit(f.escrow, "BackstopExtended")
        .withArgs(deal.id, extension.until);
      expect(await f.stateOf(deal.id)).to.deep.include({ status: "disputed", until: extension.until });
    });

    it("reverts for too few signatures, without reasons, at its deadline, and for another deal", async () => {
      const f = await load();
      const deal = await f.reach("disputed");
      const other = await f.reach("disputed");
      const extension = await extensionOn(f, deal);
      const send = async (given: Extension, seats?: readonly number[], to = deal) => {
        const signed = await f.extensionOf(given, seats);
        return () => f.tribunal.connect(f.relayer).extend(to.packed, ...signed);
      };
      const from = f.tribunal;
      const two = await send(extension, [1, 2]);
      await f.expectRefusal(deal, two, { error: "SignaturesMissing", args: [2, 3], from });
      await f.expectRefusal(deal, await send({ ...extension, reasons: zeroHash }), { error: "DigestZero", from });
      await expect((await send(extension, undefined, other))()).to.be.revertedWithCustomError(from, "PanelMismatch");
      const whole = await send(extension);
      await f.time.setNextBlockTimestamp(extension.deadline);
      await f.expectRefusal(deal, whole, { error: "DeterminationExpired", args: [extension.deadline], from });
    });
  });

  it("hashes rules, determinations and extensions as core does", async () => {
    const f = await load();
    const deal = await f.reach("none");
    expect(await f.tribunal.rulesOf(f.panel, [...f.panel.arbitrators])).to.equal(panelRules(f.panel));
    const determination = await determinationOn(f, deal, { compensation: 3n });
    const digest = determinationDigest(determination, f.panelDomain);
    expect(await f.tribunal.digestOf(deal.id, determination)).to.equal(digest);
    const extension = { deal: deal.id, until: 2_000_000_000, reasons: f.digest("reasons"), deadline: 1_900_000_000 };
    expect(await f.tribunal.extensionDigestOf(deal.id, extension)).to.equal(extensionDigest(extension, f.panelDomain));
  });
});
