import { describe, it } from "node:test";
import { expect } from "chai";
import { encodeFunctionData, keccak256 } from "viem";
import { evidenceRegistryAbi } from "../../src/abi/evidenceRegistry.ts";
import { panelTribunalAbi } from "../../src/abi/panelTribunal.ts";
import { createChain } from "../../src/chain/client.ts";
import { protocolErrors } from "../../src/chain/contracts.ts";
import { simulate } from "../../src/chain/transactions.ts";
import { CHAIN_ID, startAnvil } from "../fixtures/anvil.ts";
import { actors, deploy, panel } from "../fixtures/deployment.ts";
import { rejection } from "../fixtures/rejection.ts";

describe("protocolErrors", () => {
  it("name what the registry and the tribunal refuse, with the arguments", async () => {
    const anvil = await startAnvil();
    try {
      const { client, contracts } = await deploy(anvil);
      const chain = createChain({ rpcUrls: [anvil.url], chainId: CHAIN_ID });
      const from = actors.buyer.address;
      const root = keccak256("0x01");
      const anchor = (count: bigint) =>
        encodeFunctionData({ abi: evidenceRegistryAbi, functionName: "anchor", args: [root, count] });
      const hash = await anvil.ask<`0x${string}`>("eth_sendTransaction", [
        { from, to: contracts.registry, data: anchor(3n) },
      ]);
      await client.waitForTransactionReceipt({ hash });
      const again = { to: contracts.registry, data: anchor(4n), value: 0n };
      const differs = await rejection(simulate(chain, from, again, protocolErrors), "call-reverted");
      expect(differs.details).deep.equal({ error: "CountDiffers", root, stated: "4", anchored: "3" });

      const hasty = { ...panel, answerWindow: 60 };
      const data = encodeFunctionData({
        abi: panelTribunalAbi,
        functionName: "register",
        args: [hasty, hasty.arbitrators],
      });
      const register = { to: contracts.panel, data, value: 0n };
      const short = await rejection(simulate(chain, from, register, protocolErrors), "call-reverted");
      expect(short.details).deep.equal({
        error: "PanelClocksTooShort",
        answerWindow: "60",
        minInspection: String(panel.minInspection),
        minBackstop: String(panel.minBackstop),
      });
    } finally {
      await anvil.stop();
    }
  });
});
