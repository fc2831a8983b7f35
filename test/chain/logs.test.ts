import { describe, it } from "node:test";
import { expect } from "chai";
import fc from "fast-check";
import {
  type AbiEvent,
  type AbiParameter,
  type Address,
  encodeAbiParameters,
  encodeEventTopics,
  type Hex,
  numberToHex,
} from "viem";
import { createChain } from "../../src/chain/client.ts";
import { type ContractName, type Contracts, contractAbis, contractNames } from "../../src/chain/contracts.ts";
import { type Header, headerAt } from "../../src/chain/heads.ts";
import { createLogReader, mayHaveLogs, type RawLog, readLogs, readLogsFromReceipts } from "../../src/chain/logs.ts";
import { CHAIN_ID, startAnvil } from "../fixtures/anvil.ts";
import { deploy } from "../fixtures/deployment.ts";

const contracts: Contracts = {
  escrow: `0x${"e1".repeat(20)}`,
  panel: `0x${"e2".repeat(20)}`,
  registry: `0x${"e3".repeat(20)}`,
  fromBlock: 0,
};
const readLog = createLogReader(contracts);

const hexOf = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((array): Hex => `0x${Buffer.from(array).toString("hex")}`);

/** A value of a type, as viem takes it and as an event is kept. */
const pairOf = (type: string): fc.Arbitrary<readonly [given: unknown, kept: unknown]> => {
  if (type === "address") return hexOf(20).map((hex) => [hex, hex]);
  if (type === "bytes32[8]") {
    return fc.array(hexOf(32), { minLength: 8, maxLength: 8 }).map((words) => [words, words]);
  }
  if (type === "address[]") return fc.array(hexOf(20), { maxLength: 4 }).map((list) => [list, list]);
  const bytes = /^bytes(\d+)$/.exec(type)?.[1];
  if (bytes !== undefined) return hexOf(Number(bytes)).map((hex) => [hex, hex]);
  const bits = Number(/^uint(\d+)$/.exec(type)?.[1]);
  const number = fc.bigInt({ min: 0n, max: 2n ** BigInt(bits) - 1n });
  return number.map((value) => (bits <= 48 ? [Number(value), Number(value)] : [value, value.toString()]));
};

const argumentOf = (input: AbiParameter): fc.Arbitrary<readonly [given: unknown, kept: unknown]> => {
  if (!("components" in input)) return pairOf(input.type);
  const { components } = input;
  return fc.tuple(...components.map(({ type }) => pairOf(type))).map((pairs) => {
    const of = (side: 0 | 1) => Object.fromEntries(pairs.map((pair, i) => [components[i]!.name!, pair[side]]));
    return [of(0), of(1)];
  });
};

const logOf = (contract: ContractName, event: AbiEvent, given: Readonly<Record<string, unknown>>): RawLog => {
  const plain = event.inputs.filter((input) => !input.indexed);
  return {
    address: contracts[contract].toUpperCase().replace("0X", "0x") as Address,
    topics: encodeEventTopics({ abi: [event], args: given } as never) as Hex[],
    data: encodeAbiParameters(
      plain,
      plain.map(({ name }) => given[name!]),
    ),
    blockNumber: "0x10",
    blockHash: numberToHex(1, { size: 32 }),
    transactionHash: numberToHex(2, { size: 32 }),
    logIndex: "0x3",
  };
};

describe("createLogReader", () => {
  for (const contract of contractNames) {
    const events = contractAbis[contract].filter((item) => item.type === "event") as readonly AbiEvent[];
    for (const event of events) {
      it(`reads ${event.name} of ${contract} as viem wrote it`, () => {
        fc.assert(
          fc.property(fc.tuple(...event.inputs.map(argumentOf)), (values) => {
            const of = (side: 0 | 1) =>
              Object.fromEntries(event.inputs.map(({ name }, i) => [name!, values[i]![side]]));
            const read = readLog(logOf(contract, event, of(0)));
            expect(read).deep.include({ contract, name: event.name, blockNumber: 16, logIndex: 3 });
            expect(read?.args).deep.equal(of(1));
          }),
          { numRuns: 30 },
        );
      });
    }
  }

  it("leaves logs of other contracts and other events alone", () => {
    const event = contractAbis.registry.find((item) => item.type === "event")! as AbiEvent;
    const given = {
      sender: contracts.escrow,
      root: numberToHex(1, { size: 32 }),
      count: 1n,
      anchoredAt: 2,
      batch: 3,
      head: `0x${"00".repeat(27)}`,
    };
    const log = logOf("registry", event, given);
    expect(readLog(log)?.name).equal("Anchored");
    expect(readLog({ ...log, address: contracts.escrow })).equal(undefined);
    expect(readLog({ ...log, topics: [numberToHex(9, { size: 32 })] })).equal(undefined);
  });
});

describe("mayHaveLogs", () => {
  const header = (logsBloom: Hex): Header => ({ number: 1, hash: "0x", parentHash: "0x", timestamp: 0, logsBloom });

  it("says no for an empty filter and yes for a full one", () => {
    expect(mayHaveLogs(header(`0x${"00".repeat(256)}`), contracts)).equal(false);
    expect(mayHaveLogs(header(`0x${"ff".repeat(256)}`), contracts)).equal(true);
  });

  it("agrees with a node about blocks with and without events of ours", async () => {
    const anvil = await startAnvil();
    const deployment = await deploy(anvil);
    const chain = createChain({ rpcUrls: [anvil.url], chainId: CHAIN_ID });
    await deployment.funded();
    const funding = await headerAt(chain, "latest");
    await anvil.ask("evm_mine");
    const empty = await headerAt(chain, "latest");
    expect(mayHaveLogs(funding!, deployment.contracts)).equal(true);
    expect(mayHaveLogs(empty!, deployment.contracts)).equal(false);
    const { number } = funding!;
    const logs = await readLogs(chain, deployment.contracts, { from: number, to: number });
    expect(await readLogsFromReceipts(chain, deployment.contracts, funding!)).deep.equal(logs);
    expect(logs).length(1);
    await anvil.stop();
  });
});
