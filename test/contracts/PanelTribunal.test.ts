import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import { type Determination, determinationDigest, determinationTypedData } from "../../src/core/intents.ts";
import { panelRules, seatSignatures, sortPanel } from "../../src/core/panel.ts";
import type { Terms } from "../../src/core/terms.ts";
import {
  COVERAGE,
  compact,
  DAY,
  deployEscrow,
  type Fixture,
  flipped,
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
  f.tribunal.connect(f.carrier).determine(deal.packed, ...signed);

/** Replaces what `determine` takes, by the position of its arguments after the terms. */
const change = (
  signed: Signed,
  over: { threshold?: bigint; arbitrators?: Hex[]; signers?: bigint; signatures?: Hex[] },
) =>
  [
    signed[0],
    over.threshold ?? signed[1],
    over.arbitrators ?? signed[2],
    over.signers ?? signed[3],
    over.signatures ?? signed[4],
  ] as unknown as Signed;

const disputed = async (f: Fixture, changes: Partial<Terms> = {}, over: Partial<Determination> = {}) => {
  const deal = await f.reach("disputed", changes);
  const signed = await f.determinationOf(await determinationOn(f, deal, over));
  const refuses = (given: Signed, error: string, args: readonly unknown[], from?: { interface: unknown }) =>
    f.expectRefusal(deal, () => determine(f, deal, given), { error, args, from: from ?? f.tribunal });
  return { deal, signed, refuses };
};

describe("PanelTribunal", () => {
  describe("determine", () => {
    it("moves held money and compensation in one transaction, whoever carries it", async () => {
      const f = await load();
      const price = 40_000n;
      const { deal, signed } = await disputed(
        f,
        { price, deposit: price, coverage: COVERAGE, token: f.stablecoinAddress },
        { toBuyer: 30_000n, toSeller: 10_000n, compensation: 500n },
      );
      const determining = determine(f, deal, signed);

      await expect(determining).to.emit(f.tribunal, "Determined").withArgs(deal.id, f.digest("evidence"), 0b10101);
      await expect(determining)
        .to.emit(f.escrow, "DealAwarded")
        .withArgs(deal.id, 30_000, 10_000, 500, 0, f.digest("reasons"));
      await expect(determining).to.changeTokenBalances(
        ethers,
        f.stablecoin,
        [f.escrow, f.buyer, f.seller, f.carrier],
        [-40_500n, 30_500n, 10_000n, 0n],
      );
    });

    it("takes any three of the five seats, in 64 and in 65 bytes", async () => {
      const f = await load();
      for (const seats of [
        [0, 1, 2],
        [2, 3, 4],
        [0, 3, 4],
      ]) {
        const { deal } = await disputed(f);
        const determination = await determinationOn(f, deal);
        const short = await f.determinationOf(determination, seats);
        const long = await Promise.all(
          seats.map((seat) => signWith(f.arbitrators[seat]!, determinationTypedData(determination, f.panelDomain))),
        );
        const mixed = change(short, { signatures: [short[4][0]!, long[1]!, short[4][2]!] });
        await expect(determine(f, deal, mixed)).to.emit(f.escrow, "DealAwarded");
      }
    });

    it("takes an arbitrator's contract wallet (ERC-1271)", async () => {
      const f = await load();
      const wallet = ((await (await f.walletOf(f.stranger)).getAddress()) as Hex).toLowerCase() as Hex;
      const panel = sortPanel({ threshold: 2, arbitrators: [wallet, f.arbitrators[0]!.address as Hex] });
      const deal = await f.reach("disputed", { rules: panelRules(panel) });
      const determination = await determinationOn(f, deal);
      const data = determinationTypedData(determination, f.panelDomain);
      const signatures = await Promise.all(
        [wallet, f.arbitrators[0]!.address as Hex].map(async (signer) => ({
          signer,
          signature: await signWith(f.keyOf(signer), data),
        })),
      );
      const seated = seatSignatures(panel, signatures);
      await expect(
        f.tribunal.determine(deal.packed, determination, 2n, [...panel.arbitrators], seated.signers, [
          ...seated.signatures,
        ]),
      ).to.emit(f.escrow, "DealAwarded");
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

    it("reverts with PanelMismatch for another panel, threshold or order", async () => {
      const f = await load();
      const { deal, signed, refuses } = await disputed(f);
      const { arbitrators } = f.panel;
      const others: readonly { threshold?: bigint; arbitrators?: Hex[] }[] = [
        { threshold: 1n },
        { threshold: 0n },
        { arbitrators: arbitrators.slice(0, 4) },
        { arbitrators: arbitrators.toReversed() },
        { arbitrators: [...arbitrators, deal.terms.attestor] },
      ];
      for (const other of others) {
        const rules = panelRules({
          threshold: Number(other.threshold ?? 3n),
          arbitrators: other.arbitrators ?? arbitrators,
        });
        await refuses(change(signed, other), "PanelMismatch", [deal.terms.rules, rules]);
      }
    });

    it("reverts with WrongSignatureCount for k-1 signatures, for one more, and for none", async () => {
      const f = await load();
      const { signed, refuses } = await disputed(f);
      const two = await f.determinationOf(signed[0], [0, 2]);
      const four = await f.determinationOf(signed[0], [0, 1, 2, 4]);
      await refuses(two, "WrongSignatureCount", [2, 3]);
      await refuses(four, "WrongSignatureCount", [4, 3]);
      await refuses(change(signed, { signatures: [] }), "WrongSignatureCount", [0, 3]);
    });

    it("reverts with WrongSignatureCount when the bits are fewer or more than the signatures", async () => {
      const f = await load();
      const { signed, refuses } = await disputed(f);
      await refuses(change(signed, { signers: 0b00101n }), "WrongSignatureCount", [3, 2]);
      await refuses(change(signed, { signers: 0b11111n }), "SignatureInvalid", [f.arbitrators[1]]);
      await refuses(change(signed, { signers: (1n << 200n) | 0b10101n }), "WrongSignatureCount", [4, 3]);
    });

    it("reverts with WrongSignatureCount for a panel that needs nobody", async () => {
      const f = await load();
      const panel = { threshold: 0, arbitrators: f.panel.arbitrators };
      const { signed, refuses } = await disputed(f, { rules: panelRules(panel) });
      await refuses(change(signed, { threshold: 0n, signers: 0n, signatures: [] }), "WrongSignatureCount", [0, 0]);
    });

    it("reverts with SignatureInvalid for duplicate and for unsorted signers", async () => {
      const f = await load();
      const { signed, refuses } = await disputed(f);
      const [first, second, third] = signed[4] as [Hex, Hex, Hex];
      await refuses(change(signed, { signatures: [first, first, first] }), "SignatureInvalid", [f.arbitrators[2]]);
      await refuses(change(signed, { signatures: [second, first, third] }), "SignatureInvalid", [f.arbitrators[0]]);
    });

    it("reverts with ArbitratorsNotAscending when one person fills two seats", async () => {
      const f = await load();
      const [one, two] = f.panel.arbitrators as [Hex, Hex];
      const panel = { threshold: 2, arbitrators: [one, one, two] };
      const { signed, refuses } = await disputed(f, { rules: panelRules(panel) });
      const alone = await f.determinationOf(signed[0], [0]);
      await refuses(
        change(signed, {
          threshold: 2n,
          arbitrators: panel.arbitrators,
          signers: 0b011n,
          signatures: [alone[4][0]!, alone[4][0]!],
        }),
        "ArbitratorsNotAscending",
        [ethers.getAddress(one)],
      );
    });

    it("reverts with ArbitratorsNotAscending for a seat of the zero address", async () => {
      const f = await load();
      const panel = { threshold: 1, arbitrators: [ethers.ZeroAddress as Hex] };
      const { signed, refuses } = await disputed(f, { rules: panelRules(panel) });
      await refuses(
        change(signed, {
          threshold: 1n,
          arbitrators: panel.arbitrators,
          signers: 1n,
          signatures: [`0x${"00".repeat(65)}`],
        }),
        "ArbitratorsNotAscending",
        [ethers.ZeroAddress],
      );
    });

    it("reverts with SignerOutOfRange for a bit beyond the panel", async () => {
      const f = await load();
      const { signed, refuses } = await disputed(f);
      await refuses(change(signed, { signers: (1n << 5n) | 0b101n }), "SignerOutOfRange", [5, 5]);
    });

    it("reverts with ArbitratorIsParty when buyer or seller sits on the panel and signs", async () => {
      const f = await load();
      for (const party of [f.buyer, f.seller]) {
        const panel = { threshold: 1, arbitrators: [party.address.toLowerCase() as Hex] };
        const { signed, refuses } = await disputed(f, { rules: panelRules(panel) });
        const signature = compact(await signWith(party, determinationTypedData(signed[0], f.panelDomain)));
        await refuses(
          change(signed, { threshold: 1n, arbitrators: panel.arbitrators, signers: 1n, signatures: [signature] }),
          "ArbitratorIsParty",
          [party.address],
        );
      }
    });

    it("reverts with SignatureInvalid for a stranger, the other s, another chain, another tribunal, another word", async () => {
      const f = await load();
      const { signed, refuses } = await disputed(f);
      const arbitrator = f.arbitrators[0]!;
      const [, second, third] = signed[4] as [Hex, Hex, Hex];
      const data = determinationTypedData(signed[0], f.panelDomain);
      const wrong: readonly Hex[] = [
        await signWith(f.stranger, data),
        flipped(await signWith(arbitrator, data)),
        await signWith(arbitrator, determinationTypedData(signed[0], { ...f.panelDomain, chainId: 1 })),
        await signWith(arbitrator, determinationTypedData(signed[0], { ...f.panelDomain, tribunal: f.domain.escrow })),
        await signWith(arbitrator, determinationTypedData({ ...signed[0], compensation: 1n }, f.panelDomain)),
        await signWith(arbitrator, determinationTypedData({ ...signed[0], evidence: f.digest("x") }, f.panelDomain)),
      ];
      for (const signature of wrong)
        await refuses(change(signed, { signatures: [signature, second, third] }), "SignatureInvalid", [arbitrator]);
    });

    it("reverts with DealMismatch when it is carried to another deal of the same panel", async () => {
      const f = await load();
      const { deal, refuses } = await disputed(f);
      const other = await disputed(f);
      await refuses(other.signed, "DealMismatch", [other.deal.id, deal.id], f.escrow);
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
      await refuses(signed, "AmountsDoNotSum", [deal.terms.price + 1n, deal.terms.price], f.escrow);
    });

    it("runs once, and never before a dispute", async () => {
      const f = await load();
      const { deal, signed, refuses } = await disputed(f);
      await determine(f, deal, signed);
      await refuses(signed, "WrongStatus", [deal.id, statusNumber("closed"), statusNumber("disputed")], f.escrow);

      const quiet = await f.reach("delivered");
      const early = await f.determinationOf(await determinationOn(f, quiet));
      await f.expectRefusal(quiet, () => determine(f, quiet, early), {
        error: "WrongStatus",
        args: [quiet.id, statusNumber("delivered"), statusNumber("disputed")],
      });
    });
  });

  it("hashes rules and determinations as core does", async () => {
    const f = await load();
    const deal = await f.reach("none");
    expect(await f.tribunal.rulesOf(3n, [...f.panel.arbitrators])).to.equal(panelRules(f.panel));
    const determination = await determinationOn(f, deal, { compensation: 3n });
    expect(await f.tribunal.digestOf(determination)).to.equal(determinationDigest(determination, f.panelDomain));
  });
});
