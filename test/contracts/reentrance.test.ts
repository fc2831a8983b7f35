import { expect } from "chai";
import type { FunctionFragment } from "ethers";
import { network } from "hardhat";
import type { Hex } from "viem";
import { packTerms } from "../../src/core/termsCodec.ts";
import { deployEscrow, FAR, type Fixture } from "../fixtures/escrow.ts";

const connection = await network.create();
const { ethers, networkHelpers } = connection;

async function deployed() {
  return deployEscrow(connection);
}

const load = () => networkHelpers.loadFixture(deployed);
const NATIVE = ethers.ZeroAddress as Hex;
const CALLBACK = "0x000000000000000000000000000000000000c0de";
const SIGNATURE = `0x${"00".repeat(65)}`;

/** Calls of every function that writes, each such that only the guard can stop `hostile` before it touches anything. */
const callsOf = async (f: Fixture, hostile: Hex, token: Hex) => {
  const asBuyer = packTerms(await f.termsOf({ buyer: hostile, attestor: hostile, tribunal: hostile, token }));
  const { packed: asSeller } = await f.reach("funded", { seller: hostile });
  const id = f.digest("deal");
  const args: Readonly<Record<string, readonly unknown[]>> = {
    fund: [asBuyer, "0x", "0x"],
    fundWithAuthorization: [asBuyer, SIGNATURE, SIGNATURE],
    fundWithPermit2: [asBuyer, 0n, SIGNATURE, SIGNATURE],
    payBalance: [asBuyer, "0x"],
    payBalanceWithAuthorization: [asBuyer, SIGNATURE],
    ship: [asSeller, id, "0x"],
    deliver: [asBuyer, id, "0x"],
    confirm: [asBuyer, "0x"],
    release: [asBuyer],
    refund: [asSeller, 1n, "0x"],
    expire: [asBuyer],
    lapse: [asBuyer],
    close: [asBuyer],
    dispute: [asBuyer, hostile, id, "0x"],
    settle: [asBuyer, 1n, 1n, 0n, "0x", "0x"],
    award: [asBuyer, 1n, 0n, 0n, id, id],
    extendBackstop: [asBuyer, FAR],
    payShortfall: [asBuyer, 1n],
    postBond: [hostile, token, 1n],
    postBondWithAuthorization: [hostile, token, 1n, id, FAR, SIGNATURE],
    requestBondWithdrawal: [hostile, token, "0x"],
    withdrawBond: [hostile, token, 1n, hostile, "0x"],
    withdrawCredit: [hostile, token, 1n, hostile, "0x"],
    // Views, which would tell half of a payment.
    dealOf: [id],
    bondOf: [hostile, token],
    creditOf: [hostile, token],
    shortfallOf: [id],
  };
  return args;
};

/** `transferToken` is not guarded: it refuses everybody but the escrow itself. */
const mutatorsOf = (f: Fixture): readonly string[] =>
  f.escrow.interface.fragments
    .filter((fragment): fragment is FunctionFragment => fragment.type === "function")
    .filter(({ stateMutability }) => stateMutability === "nonpayable" || stateMutability === "payable")
    .map(({ name }) => name)
    .filter((name) => name !== "transferToken")
    .sort();

const GUARD = ethers.id("ReentrancyGuardReentrantCall()").slice(0, 10);

describe("Escrow under reentrance", () => {
  it("knows a call for every function that writes", async () => {
    const f = await load();
    const known = Object.keys(await callsOf(f, f.stranger.address as Hex, NATIVE));
    expect(known.filter((name) => !name.endsWith("Of")).sort()).to.deep.equal(mutatorsOf(f));
    await expect(f.escrow.connect(f.stranger).transferToken(f.stablecoin, f.stranger, 1n))
      .to.be.revertedWithCustomError(f.escrow, "NotCaller")
      .withArgs(f.stranger, f.escrow);
  });

  it("stops a payee that calls back into any of them, and pays it all the same", async () => {
    const f = await load();
    const receiver = await ethers.deployContract("HostileReceiver");
    const hostile = (await receiver.getAddress()).toLowerCase() as Hex;
    const calls = await callsOf(f, hostile, NATIVE);
    for (const [name, args] of Object.entries(calls)) {
      const deal = await f.reach("funded", { seller: hostile });
      await networkHelpers.setCode(CALLBACK, f.escrow.interface.encodeFunctionData(name as "fund", args as never));
      await receiver.reenter(f.escrow, CALLBACK);
      await expect(f.escrow.connect(f.buyer).confirm(deal.packed, "0x"), name).to.changeEtherBalances(
        ethers,
        [f.escrow, receiver],
        [-deal.terms.price, deal.terms.price],
      );
      expect(await receiver.answer(), name).to.equal(GUARD);
    }
  });

  it("stops a token that calls back into any of them while it is taken and while it is paid", async () => {
    const f = await load();
    const token = await ethers.deployContract("ReentrantToken");
    const hostile = (await token.getAddress()).toLowerCase() as Hex;
    await token.mint(f.buyer, 10n ** 18n);
    await token.connect(f.buyer).approve(f.escrow, 10n ** 18n);
    const calls = await callsOf(f, hostile, hostile);
    for (const [name, args] of Object.entries(calls)) {
      const call = f.escrow.interface.encodeFunctionData(name as "fund", args as never);
      await token.reenter(f.escrow, call);
      const deal = f.dealOf(await f.termsOf({ token: hostile, price: 1_000n, deposit: 1_000n }));
      await f.escrow.connect(f.buyer).fund(deal.packed, "0x", "0x");
      expect(await token.answer(), `${name} while funding`).to.equal(GUARD);

      await token.reenter(f.escrow, call);
      await expect(f.escrow.connect(f.buyer).confirm(deal.packed, "0x")).to.changeTokenBalances(
        ethers,
        token,
        [f.escrow, f.seller],
        [-1_000n, 1_000n],
      );
      expect(await token.answer(), `${name} while paying`).to.equal(GUARD);
    }
  });
});
