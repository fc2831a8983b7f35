import { after, before, describe, it } from "node:test";
import { expect } from "chai";
import { type Chain, createChain } from "../../src/chain/client.ts";
import { toRevert } from "../../src/chain/revert.ts";
import { broadcast, readFees, readReceipt, simulate } from "../../src/chain/transactions.ts";
import { ProtocolError } from "../../src/core/errors.ts";
import { signAttempt } from "../../src/relayer/signer.ts";
import { type Anvil, CHAIN_ID, REFUSER_CODE, startAnvil } from "../fixtures/anvil.ts";
import { rejection } from "../fixtures/rejection.ts";
import { COUNTER, REFUSER, RELAYER, refuserAbi } from "../fixtures/sender.ts";

const STOPPED = "0x00000000000000000000000000000000000e0e0e";

describe("transactions", () => {
  let anvil: Anvil;
  let chain: Chain;
  before(async () => {
    anvil = await startAnvil();
    chain = createChain({ rpcUrls: [anvil.url], chainId: CHAIN_ID });
    await anvil.ask("anvil_setCode", [REFUSER, REFUSER_CODE]);
  });
  after(() => anvil.stop());

  const sign = async (nonce: number, maxFee?: bigint) =>
    signAttempt(RELAYER, {
      chainId: CHAIN_ID,
      nonce,
      call: { to: COUNTER, data: "0x", value: 0n },
      gas: 21_000n,
      fees: maxFee === undefined ? await readFees(chain) : { maxFee, maxPriorityFee: 0n },
      purpose: "call",
    });

  it("names the custom error and its arguments when a call would revert", async () => {
    const call = { to: REFUSER, data: "0x", value: 0n } as const;
    const known = await rejection(simulate(chain, RELAYER.address, call, refuserAbi), "call-reverted");
    expect(known.details).deep.equal({ error: "Refused", number: "7" });
    const unknown = await rejection(simulate(chain, RELAYER.address, call, []), "call-reverted");
    expect(unknown.details).deep.equal({ error: "unknown", selector: "0x590a5151" });
  });

  it("names the exception that the machine stops a call with", async () => {
    const errorOf = async (code: string) => {
      await anvil.ask("anvil_setCode", [STOPPED, code]);
      const call = { to: STOPPED, data: "0x", value: 0n } as const;
      return (await rejection(simulate(chain, RELAYER.address, call, []), "call-reverted")).details.error;
    };
    expect(await errorOf("0x5b5f56")).equal("OutOfGas");
    expect(await errorOf("0xfe")).equal("InvalidOpcode");
    expect(await errorOf("0x0c")).equal("InvalidOpcode");
    expect(await errorOf("0x50")).equal("StackError");
    expect(await errorOf("0x5b5f5f5f56")).equal("StackError");
    expect(await errorOf("0x60ff56")).equal("InvalidJump");
    expect(await errorOf("0x60ff60ff5f3e")).equal("OutOfBounds");
  });

  it("knows the exceptions in geth's words, and leaves other refusals as they are", () => {
    const toldBy = (reason: string) => {
      const told = toRevert(new ProtocolError("rpc-refused", { reason, data: null }), []) as ProtocolError;
      return [told.code, told.details.error];
    };
    expect(toldBy("gas required exceeds allowance (30000000)")).deep.equal(["call-reverted", "OutOfGas"]);
    expect(toldBy("out of gas")).deep.equal(["call-reverted", "OutOfGas"]);
    expect(toldBy("invalid opcode: INVALID")).deep.equal(["call-reverted", "InvalidOpcode"]);
    expect(toldBy("stack underflow (0 <=> 1)")).deep.equal(["call-reverted", "StackError"]);
    expect(toldBy("stack limit reached 1024 (1023)")).deep.equal(["call-reverted", "StackError"]);
    expect(toldBy("invalid jump destination")).deep.equal(["call-reverted", "InvalidJump"]);
    expect(toldBy("header not found")).deep.equal(["rpc-refused", undefined]);
    expect(toldBy("insufficient funds for gas * price + value")).deep.equal(["rpc-refused", undefined]);
  });

  it("sends the same bytes twice without harm and reads the receipt of its hash", async () => {
    const { raw, hash } = await sign(0);
    expect(await broadcast(chain, raw)).equal("sent");
    expect(await broadcast(chain, raw)).not.equal("no-funds");
    const receipt = await readReceipt(chain, hash);
    expect([receipt?.hash, receipt?.succeeded]).deep.equal([hash, true]);
  });

  it("tells apart what a node says to a transaction", async () => {
    expect(await broadcast(chain, (await sign(1, 1n)).raw)).equal("underpriced");
    expect(await broadcast(chain, (await sign(0, 10n ** 12n)).raw)).equal("unknown");
    expect(await broadcast(chain, (await sign(1, 10n ** 20n)).raw)).equal("no-funds");
    const nowhere = createChain({ rpcUrls: ["http://127.0.0.1:1"], chainId: CHAIN_ID });
    expect(await broadcast(nowhere, "0x01")).equal("unknown");
  });
});
