import { expect } from "chai";
import type { FunctionFragment } from "ethers";
import { network } from "hardhat";
import type { Hex } from "viem";
import { statusNumber } from "../../src/core/deal/dealTable.ts";
import { consentOf } from "../../src/core/deal/intents.ts";
import { packTerms } from "../../src/core/deal/termsCodec.ts";
import { deployEscrow, FAR, type Fixture } from "../fixtures/escrow.ts";

const connection = await network.create();
const { ethers, networkHelpers } = connection;

async function deployed() {
  return deployEscrow(connection);
}

const load = () => networkHelpers.loadFixture(deployed);
const NATIVE = ethers.ZeroAddress as Hex;
const CALLBACK = "0x000000000000000000000000000000000000c0de";
const SIGNATURE = `0x${"00".repeat(65)}` as Hex;
const CONSENT = consentOf(FAR, SIGNATURE);
const FUNDED = statusNumber("funded");

/** Calls of every function that writes, each such that only the guard can stop `hostile` before it touches anything. */
const callsOf = async (f: Fixture, hostile: Hex, token: Hex) => {
  const asBuyer = packTerms(await f.termsOf({ buyer: hostile, attestor: hostile, tribunal: hostile, token }));
  const { packed: asSeller } = await f.reach("funded", { seller: hostile });
  const id = f.digest("deal");
  const args = {
    fund: [asBuyer, "0x", "0x"],
    "fund by consent": [asBuyer, SIGNATURE, SIGNATURE],
    fundWithAuthorization: [asBuyer, SIGNATURE, SIGNATURE],
    fundWithPermit2: [asBuyer, 0n, SIGNATURE, SIGNATURE],
    payBalance: [asBuyer, "0x"],
    "payBalance by consent": [asBuyer, CONSENT],
    payBalanceWithAuthorization: [asBuyer, SIGNATURE],
    ship: [asSeller, id, "0x"],
    "ship by consent": [asSeller, id, CONSENT],
    deliver: [asBuyer, id, "0x"],
    "deliver by consent": [asBuyer, id, CONSENT],
    confirm: [asBuyer, 7n, FUNDED, "0x"],
    "confirm by consent": [asBuyer, 7n, FUNDED, CONSENT],
    release: [asBuyer],
    refund: [asSeller, 1n, 6n, FUNDED, "0x"],
    "refund by consent": [asSeller, 1n, 6n, FUNDED, CONSENT],
    expire: [asBuyer],
    lapse: [asBuyer],
    close: [asBuyer],
    dispute: [asBuyer, hostile, id, "0x"],
    "dispute by consent": [asBuyer, hostile, id, CONSENT],
    settle: [asBuyer, 1n, 1n, 0n, "0x", CONSENT],
    "settle by consent": [asBuyer, 1n, 1n, 0n, CONSENT, CONSENT],
    award: [asBuyer, 1n, 0n, 0n, id, id],
    extendBackstop: [asBuyer, FAR],
    payShortfall: [asBuyer, 1n],
    postBond: [hostile, token, 1n],
    postBondWithAuthorization: [hostile, token, 1n, id, FAR, SIGNATURE],
    requestBondWithdrawal: [hostile, token, "0x"],
    "requestBondWithdrawal by consent": [hostile, token, CONSENT],
    withdrawBond: [hostile, token, 1n, hostile, "0x"],
    "withdrawBond by consent": [hostile, token, 1n, hostile, CONSENT],
    withdrawCredit: [hostile, token, 1n, hostile, "0x"],
    "withdrawCredit by consent": [hostile, token, 1n, hostile, CONSENT],
    // Views of money, which would lie in the middle of a payment.
    dealOf: [id],
    bondOf: [hostile, token],
    creditOf: [hostile, token],
    shortfallOf: [id],
    // Not guarded, because the escrow calls it in the middle of a payment: closed to every other caller.
    transferErc20: [token, hostile, 1n],
  } as const;
  return Object.entries(args).map(([name, values]) => {
    const method = name.split(" ")[0]!;
    return {
      name,
      method,
      call: f.escrow.interface.encodeFunctionData(method as "fund", values as never),
      answer: method === "transferErc20" ? NOT_CALLER : GUARD,
    };
  });
};

const mutatorsOf = (f: Fixture): readonly string[] =>
  f.escrow.interface.fragments
    .filter((fragment): fragment is FunctionFragment => fragment.type === "function")
    .filter(({ stateMutability }) => stateMutability === "nonpayable" || stateMutability === "payable")
    .map(({ name }) => name)
    .sort();

const selectorOf = (error: string) => ethers.id(error).slice(0, 10);
const GUARD = selectorOf("ReentrancyGuardReentrantCall()");
const NOT_CALLER = selectorOf("NotCaller(address,address)");
const guardedViews = ["bondOf", "creditOf", "dealOf", "shortfallOf"];

describe("Escrow under reentrance", () => {
  it("knows a call for every function that writes", async () => {
    const f = await load();
    const known = new Set((await callsOf(f, f.stranger.address as Hex, NATIVE)).map(({ method }) => method));
    expect([...known].sort()).to.deep.equal([...mutatorsOf(f), ...guardedViews].sort());
  });

  it("stops a payee that calls back into any of them, and pays it all the same", async () => {
    const f = await load();
    const receiver = await ethers.deployContract("HostileReceiver");
    const hostile = (await receiver.getAddress()).toLowerCase() as Hex;
    for (const { name, call, answer } of await callsOf(f, hostile, NATIVE)) {
      const deal = await f.reach("funded", { seller: hostile });
      await networkHelpers.setCode(CALLBACK, call);
      await receiver.reenter(f.escrow, CALLBACK);
      await expect(f.confirmHeld(deal), name).to.changeEtherBalances(
        ethers,
        [f.escrow, receiver],
        [-deal.terms.price, deal.terms.price],
      );
      expect(await receiver.answer(), name).to.equal(answer);
    }
  });

  it("stops a token that calls back into any of them while it is taken and while it is paid", async () => {
    const f = await load();
    const token = await ethers.deployContract("ReentrantToken");
    const hostile = (await token.getAddress()).toLowerCase() as Hex;
    await token.mint(f.buyer, 10n ** 18n);
    await token.connect(f.buyer).approve(f.escrow, 10n ** 18n);
    for (const { name, call, answer } of await callsOf(f, hostile, hostile)) {
      await token.reenter(f.escrow, call);
      const deal = f.dealOf(await f.termsOf({ token: hostile, price: 1_000n, deposit: 1_000n }));
      await f.escrow.connect(f.buyer).fund(deal.packed, "0x", "0x");
      expect(await token.answer(), `${name} while funding`).to.equal(answer);

      await token.reenter(f.escrow, call);
      await expect(f.confirmHeld(deal)).to.changeTokenBalances(ethers, token, [f.escrow, f.seller], [-1_000n, 1_000n]);
      expect(await token.answer(), `${name} while paying`).to.equal(answer);
    }
  });
});
