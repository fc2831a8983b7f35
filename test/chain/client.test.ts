import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import { expect } from "chai";
import { createChain, requireChain } from "../../src/chain/client.ts";
import { type Anvil, CHAIN_ID, startAnvil } from "../fixtures/anvil.ts";
import { rejection } from "../fixtures/rejection.ts";

const SECRET = "s3cretkey";

/** A node of another chain. */
const startStranger = async (args: readonly string[] = []) => {
  const node = await startAnvil(args);
  await node.ask("anvil_setChainId", [999]);
  return node;
};

describe("createChain", () => {
  let anvil: Anvil;
  let failing: Server;
  let status = 500;
  let failingUrl: string;
  before(async () => {
    anvil = await startAnvil();
    failing = createServer((_, response) => response.writeHead(status).end("no")).listen(0, "127.0.0.1");
    await new Promise((resolve) => failing.once("listening", resolve));
    failingUrl = `http://127.0.0.1:${(failing.address() as AddressInfo).port}/v3/${SECRET}`;
  });
  after(async () => {
    failing.close();
    await anvil.stop();
  });

  for (const protocol of ["http", "ws"]) {
    it(`answers over ${protocol}`, async () => {
      const chain = createChain({ rpcUrls: [anvil.url.replace("http", protocol)], chainId: CHAIN_ID });
      expect(await chain.client.getChainId()).equal(CHAIN_ID);
      await requireChain(chain);
      chain.close();
    });
  }

  it("tells of new blocks over a WebSocket, also after the connection was lost", async () => {
    const node = await startAnvil();
    const { port } = new URL(node.url);
    const chain = createChain({ rpcUrls: [`ws://127.0.0.1:${port}`], chainId: CHAIN_ID });
    let tell = () => {};
    const head = () =>
      new Promise<void>((resolve) => {
        tell = resolve;
      });
    const first = head();
    const forget = chain.onHead(() => tell());
    await requireChain(chain);
    await node.ask("evm_mine");
    await first;
    await node.stop();
    await rejection(requireChain(chain), "rpc-unreachable");

    const revived = await startAnvil(["--port", port]);
    const second = head();
    const mining = setInterval(() => void revived.ask("evm_mine"), 50);
    await second;
    clearInterval(mining);
    forget();
    chain.close();
    await revived.stop();
  });

  it("refuses a node of another chain", async () => {
    const error = await rejection(requireChain(createChain({ rpcUrls: [anvil.url], chainId: 1 })), "chain-mismatch");
    expect(error.details).deep.equal({ expected: 1, actual: CHAIN_ID, endpoint: 0 });
  });

  it("never asks a node of another chain, wherever it stands in the list", async () => {
    const stranger = await startStranger();
    try {
      await stranger.ask("anvil_mine", ["0x40"]);
      const ahead = createChain({ rpcUrls: [stranger.url, anvil.url], chainId: CHAIN_ID });
      expect(await ahead.request({ method: "eth_blockNumber" })).equal("0x0");
      const behind = createChain({ rpcUrls: [failingUrl, stranger.url], chainId: CHAIN_ID });
      const error = await rejection(behind.request({ method: "eth_blockNumber" }), "chain-mismatch");
      expect(error.details).deep.equal({ expected: CHAIN_ID, actual: 999, endpoint: 1 });
      const one = behind.endpoints[1]!;
      await rejection(one({ method: "eth_blockNumber" }), "chain-mismatch");
    } finally {
      await stranger.stop();
    }
  });

  it("refuses a node of another chain behind others that are right", async () => {
    const stranger = await startStranger();
    try {
      await rejection(
        requireChain(createChain({ rpcUrls: [anvil.url, stranger.url], chainId: CHAIN_ID })),
        "chain-mismatch",
      );
      await requireChain(createChain({ rpcUrls: [failingUrl, anvil.url], chainId: CHAIN_ID }));
    } finally {
      await stranger.stop();
    }
  });

  it("asks again which chain it is after a node could not be reached", async () => {
    const node = await startAnvil();
    const { port } = new URL(node.url);
    const chain = createChain({ rpcUrls: [node.url], chainId: CHAIN_ID });
    expect(await chain.request({ method: "eth_blockNumber" })).equal("0x0");
    await node.stop();
    await rejection(chain.request({ method: "eth_blockNumber" }), "rpc-unreachable");
    const other = await startStranger(["--port", port]);
    await rejection(chain.request({ method: "eth_blockNumber" }), "chain-mismatch");
    await other.stop();
    await rejection(chain.request({ method: "eth_blockNumber" }), "rpc-unreachable");
    const back = await startAnvil(["--port", port]);
    expect(await chain.request({ method: "eth_blockNumber" })).equal("0x0");
    await back.stop();
  });

  it("names why a node cannot be reached, without its address", async () => {
    const reasonAt = async (url: string) => {
      const chain = createChain({ rpcUrls: [url], chainId: CHAIN_ID, timeoutMs: 1_000 });
      const error = await rejection(chain.request({ method: "eth_blockNumber" }), "rpc-unreachable");
      expect(JSON.stringify([error.message, error.stack, error.cause])).not.contain(SECRET);
      return error.details.reason;
    };
    status = 503;
    expect(await reasonAt(failingUrl)).equal("http-503");
    status = 429;
    expect(await reasonAt(failingUrl)).equal("limited");
    expect(await reasonAt(`http://127.0.0.1:1/${SECRET}`)).equal("no-connection");
    expect(await reasonAt(`ws://127.0.0.1:1/${SECRET}`)).equal("no-connection");
  });

  it("asks the next node when one fails", async () => {
    const chain = createChain({ rpcUrls: [failingUrl, anvil.url], chainId: CHAIN_ID });
    expect(await chain.request({ method: "eth_blockNumber" })).equal("0x0");
  });

  it("passes a node's refusal on as such", async () => {
    const chain = createChain({ rpcUrls: [anvil.url], chainId: CHAIN_ID });
    const error = await rejection(chain.request({ method: "eth_sendRawTransaction", params: ["0x01"] }), "rpc-refused");
    expect(error.details.rpcCode).a("number");
  });
});
