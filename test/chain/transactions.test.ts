import { after, before, describe, it } from "node:test";
import { expect } from "chai";
import { type Chain, createChain } from "../../src/chain/client.ts";
import { broadcast, readFees, readReceipt, simulate } from "../../src/chain/transactions.ts";
import { signAttempt } from "../../src/relayer/signer.ts";
import { type Anvil, CHAIN_ID, REFUSER_CODE, startAnvil } from "../fixtures/anvil.ts";
import { rejection } from "../fixtures/rejection.ts";
import { COUNTER, REFUSER, RELAYER, refuserAbi } from "../fixtures/sender.ts";

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
