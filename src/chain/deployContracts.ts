import { setTimeout as wait } from "node:timers/promises";
import { type Address, type Hex, keccak256, numberToHex, size, zeroAddress } from "viem";
import type { LocalAccount } from "viem/accounts";
import { permit2Address } from "../core/deal/tokenTypedData.ts";
import { ProtocolError } from "../core/errors.ts";
import type { Chain } from "./client.ts";
import { create2Data, create2Factory, create2FactoryBirth, create2FactoryCode } from "./create2.ts";
import { multicall3Address } from "./multicall3.ts";
import {
  isSameCode,
  type ProtocolCode,
  type ProtocolContract,
  protocolContracts,
  protocolNames,
} from "./protocolCode.ts";
import { toRevert } from "./revert.ts";
import { type Call, readBalance, readFees, readNonce, readReceipt } from "./transactions.ts";

/** Which parts of the protocol, and of what it uses, stand on a chain. */
export type DeploymentStatus = Readonly<{
  /**
   * Those that are there and have the code of this checkout, with the hash of what stands on the
   * chain.
   */
  codeHashes: Readonly<Partial<Record<ProtocolContract, Hex>>>;
  /** Those that are not there yet, in the order in which they are created. */
  missing: readonly ProtocolContract[];
  hasFactory: boolean;
  hasPermit2: boolean;
  hasMulticall3: boolean;
}>;

/** One transaction that deploying needs, in gas, and in wei at the most at the present fees. */
export type DeploymentStep = Readonly<{ creates: ProtocolContract | "create2Factory"; gas: bigint; wei: bigint }>;

/** How far a deployment is, for people who wait. */
export type DeploymentProgress =
  | Readonly<{ event: "sent"; hash: Hex; creates: ProtocolContract | "factory-endowment" }>
  | Readonly<{ event: "created"; contract: ProtocolContract; address: Address }>
  | Readonly<{ event: "factory-sent" }>;

type Sending = Readonly<{
  account: LocalAccount;
  signal: AbortSignal;
  onProgress: (progress: DeploymentProgress) => void;
}>;

const TRANSFER_GAS = 21_000n;
const POLL_MS = 500;
/** Nodes behind one address can be a few blocks apart. */
const POLLS_UNTIL_LOST = 40;
/** In percent, for what changes between an estimate and the block. */
const GAS_MARGIN = 120n;

/**
 * Looks at the chain. Throws `contract-code-differs` where another program stands at an address.
 */
export async function readDeploymentStatus(chain: Chain, code: ProtocolCode): Promise<DeploymentStatus> {
  const [factory, permit2, multicall3, ...deployed] = await Promise.all(
    [create2Factory, permit2Address, multicall3Address, ...protocolNames.map((name) => code[name].address)].map(
      (address) => readCode(chain, address),
    ),
  );
  if (factory !== undefined && factory !== create2FactoryCode) {
    throw new ProtocolError("contract-code-differs", { contract: "create2Factory", address: create2Factory });
  }
  const found = protocolNames.map((name, index) => ({ name, runtime: deployed[index] }));
  for (const { name, runtime } of found) {
    const { address, compiled } = code[name];
    if (runtime !== undefined && !isSameCode(runtime, compiled)) {
      throw new ProtocolError("contract-code-differs", { contract: protocolContracts[name], address });
    }
  }
  return {
    codeHashes: Object.fromEntries(
      found.flatMap(({ name, runtime }) => (runtime === undefined ? [] : [[name, keccak256(runtime)]])),
    ),
    missing: found.filter(({ runtime }) => runtime === undefined).map(({ name }) => name),
    hasFactory: factory !== undefined,
    hasPermit2: permit2 !== undefined,
    hasMulticall3: multicall3 !== undefined,
  };
}

/**
 * What the missing contracts cost. A contract that cannot be tried out yet, because another one or
 * the factory has to be there first, is reckoned from the length of its code.
 */
export async function estimateDeployment(
  chain: Chain,
  code: ProtocolCode,
  { missing, hasFactory }: DeploymentStatus,
): Promise<readonly DeploymentStep[]> {
  const { maxFee } = await readFees(chain);
  const contracts = await Promise.all(
    missing.map(async (creates) => {
      const canTry = hasFactory && (creates !== "panelTribunal" || !missing.includes("escrow"));
      const gas = canTry ? await gasOf(chain, zeroAddress, code, creates) : gasOfLength(code[creates].initCode);
      return { creates, gas, wei: gas * maxFee };
    }),
  );
  if (hasFactory || missing.length === 0) return contracts;
  const wei = TRANSFER_GAS * maxFee + create2FactoryBirth.cost;
  return [{ creates: "create2Factory", gas: TRANSFER_GAS, wei }, ...contracts];
}

/** Throws `balance-too-low` unless the account can pay for all the steps. */
export async function requireBalance(chain: Chain, account: Address, steps: readonly DeploymentStep[]): Promise<void> {
  const needed = steps.reduce((sum, { wei }) => sum + wei, 0n);
  const balance = await readBalance(chain, account);
  if (balance < needed) throw tooLow(account, { needed, balance });
}

/**
 * Creates what is missing, one after the other, and waits until each stands on the chain. Every
 * transaction takes the account's next nonce, so one that an earlier run left waiting is continued,
 * never repeated. Returns the hashes of those that this run brought onto the chain.
 *
 * Throws `balance-too-low`, `deployment-failed` when a transaction failed or another one of the
 * account took its place, `rpc-refused`, `rpc-unreachable`.
 */
export async function deployMissing(
  chain: Chain,
  code: ProtocolCode,
  { steps, ...sending }: Sending & Readonly<{ steps: readonly DeploymentStep[] }>,
): Promise<readonly Hex[]> {
  const { address } = sending.account;
  const hashes: (Hex | undefined)[] = [];
  for (const { creates } of steps) {
    if (creates === "create2Factory") {
      hashes.push(await createFactory(chain, sending));
      continue;
    }
    const { initCode, address: target } = code[creates];
    const call = { to: create2Factory, data: create2Data(initCode), value: 0n };
    const gas = await gasOf(chain, address, code, creates);
    const isDone = async () => (await readCode(chain, target)) !== undefined;
    hashes.push(await sendUntil(chain, { ...call, gas }, { ...sending, creates, isDone }));
    sending.onProgress({ event: "created", contract: creates, address: target });
  }
  return hashes.filter((hash) => hash !== undefined);
}

/**
 * The first block after which the contract was there, by looking at old states. Throws
 * `rpc-refused` when the node does not keep them.
 */
export async function findCreationBlock(chain: Chain, address: Address): Promise<number> {
  let before = -1;
  let after = await readHead(chain);
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if ((await readCode(chain, address, middle)) === undefined) before = middle;
    else after = middle;
  }
  return after;
}

/** The number of the newest block. */
export async function readHead(chain: Chain): Promise<number> {
  return Number(await chain.request({ method: "eth_blockNumber" }));
}

const readCode = async (chain: Chain, address: Address, at: "latest" | number = "latest"): Promise<Hex | undefined> => {
  const block = at === "latest" ? at : numberToHex(at);
  const code = await chain.request({ method: "eth_getCode", params: [address, block] });
  return code === undefined || code === "0x" ? undefined : code;
};

const withMargin = (gas: bigint): bigint => (gas * GAS_MARGIN) / 100n;

/**
 * Creating code costs 200 gas a byte, sending it 40 at most, and running its constructor little
 * besides.
 */
const gasOfLength = (initCode: Hex): bigint => 100_000n + 250n * BigInt(size(initCode));

// On the state of the newest block: some nodes add what waits, where an earlier run's transaction
// already creates it.
const gasOf = async (chain: Chain, from: Address, code: ProtocolCode, name: ProtocolContract): Promise<bigint> => {
  const transaction = { from, to: create2Factory, data: create2Data(code[name].initCode) };
  try {
    return withMargin(BigInt(await chain.request({ method: "eth_estimateGas", params: [transaction, "latest"] })));
  } catch (error) {
    const cause = toRevert(error, []);
    if (!(cause instanceof ProtocolError) || cause.code !== "call-reverted") throw cause;
    throw new ProtocolError("deployment-failed", { step: `try out ${protocolContracts[name]}` }, { cause });
  }
};

type Needed = Readonly<{ needed: bigint }>;

const tooLow = (account: Address, { needed, balance }: Needed & Readonly<{ balance: bigint }>): ProtocolError =>
  new ProtocolError("balance-too-low", { account, needed: needed.toString(), balance: balance.toString() });

/** Endows the sender of the factory's only transaction, and hands that to the chain. */
const createFactory = async (chain: Chain, sending: Sending): Promise<Hex | undefined> => {
  const { sender, cost, transaction } = create2FactoryBirth;
  const call = { to: sender, data: "0x", value: cost, gas: TRANSFER_GAS } as const;
  const isEndowed = async () => (await readBalance(chain, sender)) >= cost;
  const hash = (await isEndowed())
    ? undefined
    : await sendUntil(chain, call, { ...sending, creates: "factory-endowment", isDone: isEndowed });
  await submit(chain, transaction);
  sending.onProgress({ event: "factory-sent" });
  while ((await readCode(chain, create2Factory)) === undefined) await wait(POLL_MS, undefined, sending);
  return hash;
};

type Wanted = Sending & Readonly<{ creates: ProtocolContract | "factory-endowment"; isDone: () => Promise<boolean> }>;

const sendUntil = async (
  chain: Chain,
  { gas, ...call }: Call & Readonly<{ gas: bigint }>,
  { account, signal, onProgress, creates, isDone }: Wanted,
): Promise<Hex | undefined> => {
  signal.throwIfAborted();
  const step = creates === "factory-endowment" ? creates : protocolContracts[creates];
  const [nonce, { maxFee, maxPriorityFee }] = await Promise.all([readNonce(chain, account.address), readFees(chain)]);
  const fees = { maxFeePerGas: maxFee, maxPriorityFeePerGas: maxPriorityFee };
  const raw = await account.signTransaction({ type: "eip1559", chainId: chain.chainId, nonce, gas, ...call, ...fees });
  const hash = keccak256(raw);
  if ((await submit(chain, raw)) === "no-funds") {
    const balance = await readBalance(chain, account.address);
    throw tooLow(account.address, { needed: gas * maxFee + call.value, balance });
  }
  onProgress({ event: "sent", hash, creates });
  for (let passed = 0; !(await isDone()); ) {
    const [receipt, next] = await Promise.all([readReceipt(chain, hash), readNonce(chain, account.address)]);
    if (receipt?.succeeded === false) throw new ProtocolError("deployment-failed", { step, transaction: hash });
    if (receipt === null && next > nonce) passed += 1;
    if (passed > POLLS_UNTIL_LOST) throw new ProtocolError("deployment-failed", { step, replaced: hash });
    await wait(POLL_MS, undefined, { signal });
  }
  return (await readReceipt(chain, hash)) === null ? undefined : hash;
};

/** What a node says when this transaction, or another one with its nonce, is with it already. */
const isWithNode = /already known|already imported|known transaction|replacement|underpriced|nonce too low/i;

const submit = async (chain: Chain, raw: Hex): Promise<"sent" | "no-funds"> => {
  try {
    await chain.request({ method: "eth_sendRawTransaction", params: [raw] });
  } catch (error) {
    const reason = error instanceof ProtocolError && error.code === "rpc-refused" ? String(error.details.reason) : "";
    if (/insufficient funds/i.test(reason)) return "no-funds";
    if (!isWithNode.test(reason)) throw error;
  }
  return "sent";
};
