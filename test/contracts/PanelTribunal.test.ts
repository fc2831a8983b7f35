import { expect } from "chai";
import { network } from "hardhat";
import { type Hex, numberToHex, size, slice, zeroHash } from "viem";
import { type Determination, determinationDigest, determinationTypedData } from "../../src/core/intents.ts";
import { panelRules, type SeatSignature, sortPanel } from "../../src/core/panel.ts";
import type { Terms } from "../../src/core/terms.ts";
import {
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
  over: {
    arbitrators?: Hex[];
    signers?: bigint;
    signatures?: readonly SeatSignature[];
    walletSignatures?: readonly Hex[];
  },
) =>
  [
    signed[0],
    over.arbitrators ?? signed[1],
    over.signers ?? signed[2],
    over.signatures ?? signed[3],
    over.walletSignatures ?? signed[4],
  ] as unknown as Signed;

/** A signature of 64 bytes as the tribunal reads it. */
const seated = (signature: Hex): SeatSignature => {
  const short = size(signature) === 64 ? signature : compact(signature);
  return { r: slice(short, 0, 32), vs: slice(short, 32, 64) };
};

/** Says that a signature is the contract wallet's at this place. */
const placed = (place: bigint): SeatSignature => ({ r: numberToHex(place, { size: 32 }), vs: zeroHash });

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
        [f.escrow, f.buyer, f.seller, f.relayer],
        [-40_500n, 30_500n, 10_000n, 0n],
      );
    });

    it("takes any three of the five seats", async () => {
      const f = await load();
      for (const seats of [
        [0, 1, 2],
        [2, 3, 4],
        [0, 3, 4],
      ]) {
        const { deal } = await disputed(f);
        const signed = await f.determinationOf(await determinationOn(f, deal), seats);
        await expect(determine(f, deal, signed))
          .to.emit(f.tribunal, "Determined")
          .withArgs(deal.id, f.digest("evidence"), signed[2]);
      }
    });

    it("takes arbitrators' contract wallets (ERC-1271) beside keys, and nobody else's signature for them", async () => {
      const f = await load();
      const walletOf = async (owner: typeof f.stranger) =>
        ((await (await f.walletOf(owner)).getAddress()) as Hex).toLowerCase() as Hex;
      const wallets = [await walletOf(f.stranger), await walletOf(f.relayer)];
      const panel = sortPanel({ threshold: 3, arbitrators: [...wallets, f.arbitrators[0]!.address as Hex] });
      const deal = await f.reach("disputed", { rules: panelRules(panel) });
      const determination = await determinationOn(f, deal);
      const data = determinationTypedData(determination, f.panelDomain);
      const signatures = await Promise.all(
        panel.arbitrators.map(async (signer) => ({ signer, signature: await signWith(f.keyOf(signer), data) })),
      );
      const signed = await f.argumentsOf(determination, panel, signatures);
      const [first, second] = signed[4] as [Hex, Hex];
      const firstWallet = panel.arbitrators.find((one) => wallets.includes(one))!;
      for (const walletSignatures of [[second, first], [first.replace(/..$/, "1d") as Hex, second], []])
        await f.expectRefusal(deal, () => determine(f, deal, change(signed, { walletSignatures })), {
          error: "SignatureInvalid",
          args: [firstWallet],
          from: f.tribunal,
        });
      await expect(determine(f, deal, signed)).to.emit(f.escrow, "DealAwarded");
    });

    it("reverts with SignatureInvalid for a key that is passed off as a contract wallet's signature of nobody", async () => {
      const f = await load();
      const { signed, refuses } = await disputed(f);
      const [, second, third] = signed[3];
      const empty: Hex = `0x${"00".repeat(64)}`;
      const attempts: readonly (readonly [bigint, readonly Hex[]])[] = [
        [0n, []],
        [2n ** 255n, ["0x"]],
        [0n, ["0x"]],
        [0n, [empty]],
      ];
      for (const [place, walletSignatures] of attempts) {
        const signatures = [placed(place), second!, third!];
        await refuses(change(signed, { signatures, walletSignatures }), "SignatureInvalid", [f.arbitrators[0]]);
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

    it("reverts with PanelMismatch for another panel or order", async () => {
      const f = await load();
      const { deal, signed, refuses } = await disputed(f);
      const { arbitrators } = f.panel;
      const others: readonly Hex[][] = [
        arbitrators.slice(0, 4),
        arbitrators.toReversed(),
        [...arbitrators, deal.terms.attestor],
      ];
      for (const other of others) {
        const rules = panelRules({ threshold: 3, arbitrators: other });
        await refuses(change(signed, { arbitrators: other }), "PanelMismatch", [deal.terms.rules, rules]);
      }
    });

    it("reverts with PanelMismatch for k-1 signatures, for one more, and for none", async () => {
      const f = await load();
      const { deal, signed, refuses } = await disputed(f);
      for (const seats of [[0, 2], [0, 1, 2, 4], []]) {
        const other = await f.determinationOf(signed[0], seats);
        const rules = panelRules({ ...f.panel, threshold: seats.length });
        await refuses(other, "PanelMismatch", [deal.terms.rules, rules]);
      }
    });

    it("reverts with PanelMismatch for a panel that needs nobody", async () => {
      const f = await load();
      const rules = panelRules({ threshold: 0, arbitrators: f.panel.arbitrators });
      const { signed, refuses } = await disputed(f, { rules });
      await refuses(change(signed, { signers: 0n, signatures: [] }), "PanelMismatch", [rules, rules]);
    });

    it("reverts with SignersMismatch when the bits are fewer or more than the signatures, or beyond the panel", async () => {
      const f = await load();
      const { signed, refuses } = await disputed(f);
      for (const signers of [0n, 0b00101n, (1n << 5n) | 0b10101n, (1n << 255n) | 0b10101n])
        await refuses(change(signed, { signers }), "SignersMismatch", [signers, 3]);
      await refuses(change(signed, { signers: 0b11111n }), "SignatureInvalid", [f.arbitrators[1]]);
    });

    it("reverts with SignatureInvalid for duplicate and for unsorted signers", async () => {
      const f = await load();
      const { signed, refuses } = await disputed(f);
      const [first, second, third] = signed[3] as [SeatSignature, SeatSignature, SeatSignature];
      await refuses(change(signed, { signatures: [first, first, first] }), "SignatureInvalid", [f.arbitrators[2]]);
      await refuses(change(signed, { signatures: [second, first, third] }), "SignatureInvalid", [f.arbitrators[0]]);
    });

    it("reverts with ArbitratorsNotAscending when one person fills two seats", async () => {
      const f = await load();
      const [one, two] = f.panel.arbitrators as [Hex, Hex];
      const panel = { threshold: 2, arbitrators: [one, one, two] };
      const { signed, refuses } = await disputed(f, { rules: panelRules(panel) });
      const [alone] = (await f.determinationOf(signed[0], [0]))[3];
      await refuses(
        change(signed, { arbitrators: panel.arbitrators, signers: 0b011n, signatures: [alone!, alone!] }),
        "ArbitratorsNotAscending",
        [ethers.getAddress(one)],
      );
    });

    it("reverts with ArbitratorsNotAscending for a seat of the zero address, and SignatureInvalid without a signature", async () => {
      const f = await load();
      const panel = { threshold: 1, arbitrators: [ethers.ZeroAddress as Hex] };
      const { signed, refuses } = await disputed(f, { rules: panelRules(panel) });
      const nobody = { arbitrators: panel.arbitrators, signers: 1n };
      const isNone: SeatSignature = { r: zeroHash, vs: numberToHex(1, { size: 32 }) };
      await refuses(change(signed, { ...nobody, signatures: [isNone] }), "ArbitratorsNotAscending", [
        ethers.ZeroAddress,
      ]);
      const empty = { ...nobody, signatures: [placed(0n)], walletSignatures: ["0x"] as const };
      await refuses(change(signed, empty), "SignatureInvalid", [ethers.ZeroAddress]);
    });

    it("reverts with ArbitratorIsParty when buyer or seller sits on the panel and signs", async () => {
      const f = await load();
      for (const party of [f.buyer, f.seller]) {
        const panel = { threshold: 1, arbitrators: [party.address.toLowerCase() as Hex] };
        const { signed, refuses } = await disputed(f, { rules: panelRules(panel) });
        const signature = seated(await signWith(party, determinationTypedData(signed[0], f.panelDomain)));
        await refuses(
          change(signed, { arbitrators: panel.arbitrators, signers: 1n, signatures: [signature] }),
          "ArbitratorIsParty",
          [party.address],
        );
      }
    });

    it("reverts with SignatureInvalid for a stranger, the other parity, another chain, another tribunal, another word", async () => {
      const f = await load();
      const { signed, refuses } = await disputed(f);
      const arbitrator = f.arbitrators[0]!;
      const [, second, third] = signed[3] as [SeatSignature, SeatSignature, SeatSignature];
      const data = determinationTypedData(signed[0], f.panelDomain);
      const wrong: readonly Hex[] = [
        await signWith(f.stranger, data),
        await signWith(arbitrator, determinationTypedData(signed[0], { ...f.panelDomain, chainId: 1 })),
        await signWith(arbitrator, determinationTypedData(signed[0], { ...f.panelDomain, tribunal: f.domain.escrow })),
        await signWith(arbitrator, determinationTypedData({ ...signed[0], compensation: 1n }, f.panelDomain)),
        await signWith(arbitrator, determinationTypedData({ ...signed[0], evidence: f.digest("x") }, f.panelDomain)),
      ];
      for (const signature of wrong)
        await refuses(change(signed, { signatures: [seated(signature), second, third] }), "SignatureInvalid", [
          arbitrator,
        ]);
      const { r, vs } = seated(await signWith(arbitrator, data));
      const parity = 1n << 255n;
      const otherParity = { r, vs: numberToHex(BigInt(vs) ^ parity, { size: 32 }) };
      const highest = { r, vs: numberToHex(parity - 1n, { size: 32 }) };
      for (const altered of [otherParity, highest])
        await refuses(change(signed, { signatures: [altered, second, third] }), "SignatureInvalid", [arbitrator]);
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
      await refuses(signed, "AmountsDoNotSum", [deal.terms.price, 1n, deal.terms.price], f.escrow);
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
