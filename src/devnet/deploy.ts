import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type ArtifactResolver,
  type DeploymentParameters,
  type DeploymentResult,
  DeploymentResultType,
  deploy,
} from "@nomicfoundation/ignition-core";
import { type Address, createPublicClient, type Hex, http, keccak256, type PublicClient } from "viem";
import * as z from "zod";
import LocalModule from "../../ignition/modules/Local.ts";
import { ask } from "../chain/ask.ts";
import { type CompiledContracts, contractNamed } from "../chain/compiledContracts.ts";
import { loadCompiledContracts } from "../chain/loadCompiledContracts.ts";
import { ProtocolError } from "../core/errors.ts";
import type { Language } from "../core/text/language.ts";
import { textsIn } from "../core/text/texts.ts";
import { demoPanel } from "./demo/panel.ts";
import { sayElapsed } from "./elapsed.ts";
import { provideMulticall3, provideRegisteredPanel } from "./localContracts.ts";
import { readAccounts } from "./unlockedAccount.ts";

const addressSchema = z
  .string()
  .regex(/^0x[0-9a-f]{40}$/)
  .transform((text) => text as Address);
const hashSchema = z
  .string()
  .regex(/^0x[0-9a-f]{64}$/)
  .transform((text) => text as Hex);

const recordSchema = z.strictObject({
  chainId: z.int(),
  escrow: addressSchema,
  panelTribunal: addressSchema,
  evidenceRegistry: addressSchema,
  stablecoin: addressSchema,
  deployBlock: z.int(),
  deployBlockHash: hashSchema,
  code: hashSchema,
});

type DeploymentRecord = z.infer<typeof recordSchema>;

/** Where the contracts are, in lower case, and the block before which none of them existed. */
export type Deployment = Omit<DeploymentRecord, "deployBlockHash" | "code">;

export type DeployOptions = {
  /**
   * Remembers the deployment in `<dataDir>/deployment.json` and Ignition's journal in
   * `<dataDir>/ignition`.
   */
  dataDir: string;
  /** A node with unlocked, funded accounts, as `startLocalChain` gives. */
  rpcUrl: string;
  /** Says how long compiling takes, for people who wait. */
  onProgress?: (line: string) => void;
  /** Of what is said; English unless given. */
  language?: Language;
};

const root = join(import.meta.dirname, "..", "..");
const contracts = {
  escrow: "Escrow",
  panelTribunal: "PanelTribunal",
  evidenceRegistry: "EvidenceRegistry",
  stablecoin: "MockStablecoin",
} as const;

const resolverOf = (compiled: CompiledContracts): ArtifactResolver => ({
  loadArtifact: async (name) => {
    const { contractName, sourceName, abi, bytecode, deployedBytecode } = contractNamed(compiled, name);
    const noLinks = { linkReferences: {}, deployedLinkReferences: {} };
    return { _format: "hh3-artifact-1", contractName, sourceName, abi, bytecode, deployedBytecode, ...noLinks };
  },
  getBuildInfo: async () => undefined,
});

// The compiler appends a hash of the sources, comments included, whose length its last two bytes
// tell.
const withoutMetadata = (bytecode: string) =>
  bytecode.slice(0, bytecode.length - 4 - 2 * Number.parseInt(bytecode.slice(-4), 16));

/** One hash of what the compiled contracts do. */
const codeHash = (compiled: CompiledContracts) => {
  const loaded = Object.values(contracts).map((name) => contractNamed(compiled, name));
  return keccak256(new TextEncoder().encode(loaded.map(({ bytecode }) => withoutMetadata(bytecode)).join("\n")));
};

const readRecord = async (file: string): Promise<DeploymentRecord | undefined> => {
  try {
    return recordSchema.parse(JSON.parse(await readFile(file, "utf8")));
  } catch {
    return undefined; // missing, or of another version: as good as none
  }
};

const isOnChain = async (client: PublicClient, record: DeploymentRecord) => {
  if ((await client.getChainId()) !== record.chainId) return false;
  const block = await client.getBlock({ blockNumber: BigInt(record.deployBlock) }).catch(() => undefined);
  return block?.hash === record.deployBlockHash;
};

const addressesIn = (result: DeploymentResult) => {
  if (result.type !== DeploymentResultType.SUCCESSFUL_DEPLOYMENT) {
    const cause = new Error(JSON.stringify(result));
    throw new ProtocolError("deployment-failed", { step: "ignition", result: result.type }, { cause });
  }
  const deployed = Object.values(result.contracts);
  const addressOf = (contract: string) =>
    addressSchema.parse(deployed.find(({ contractName }) => contractName === contract)?.address.toLowerCase());
  return {
    escrow: addressOf(contracts.escrow),
    panelTribunal: addressOf(contracts.panelTribunal),
    evidenceRegistry: addressOf(contracts.evidenceRegistry),
    stablecoin: addressOf(contracts.stablecoin),
  };
};

const runIgnition = async (client: PublicClient, compiled: CompiledContracts, journalDir: string) => {
  const parameters = await readFile(join(root, "ignition", "parameters", "local.json"), "utf8");
  return deploy({
    artifactResolver: resolverOf(compiled),
    provider: { request: ({ method, params }) => ask(client, method, params as readonly unknown[]) },
    deploymentDir: journalDir,
    ignitionModule: LocalModule,
    deploymentParameters: JSON.parse(parameters) as DeploymentParameters,
    accounts: await readAccounts(client),
    config: { requiredConfirmations: 1, blockPollingInterval: 50 },
  });
};

/**
 * Puts the contracts and the test tokens on a local chain with Ignition, or finds them there from
 * an earlier run; then Multicall3 and the demonstration's panel, where they are missing.
 *
 * Throws `deployment-failed`, or `deployment-outdated` when the chain carries contracts that differ
 * from those of this checkout: contracts cannot change, so a new data directory is needed.
 */
export async function deployLocal({
  dataDir,
  rpcUrl,
  onProgress = () => {},
  language = "en",
}: DeployOptions): Promise<Deployment> {
  const recordFile = join(dataDir, "deployment.json");
  const journalDir = join(dataDir, "ignition");
  const client = createPublicClient({ transport: http(rpcUrl), pollingInterval: 50 });

  const compiled = await sayElapsed(textsIn(language).command.deploy.compiling, loadCompiledContracts(), {
    onProgress,
  });
  const code = codeHash(compiled);
  const earlier = await readRecord(recordFile);
  if (earlier !== undefined && (await isOnChain(client, earlier))) {
    if (earlier.code !== code) throw new ProtocolError("deployment-outdated", { dataDir });
    const { deployBlockHash: _hash, code: _code, ...deployment } = earlier;
    await provideTheRest(rpcUrl, deployment);
    return deployment;
  }

  // Either nothing was deployed, or it was on a chain that is gone: a journal of that one would
  // only mislead.
  await rm(journalDir, { recursive: true, force: true });
  await mkdir(dataDir, { recursive: true });
  const before = await client.getBlockNumber();
  const addresses = addressesIn(await runIgnition(client, compiled, journalDir));
  const { number, hash } = await client.getBlock({ blockNumber: before + 1n });
  const deployment: Deployment = { chainId: await client.getChainId(), ...addresses, deployBlock: Number(number) };
  const record: DeploymentRecord = { ...deployment, deployBlockHash: hash, code };
  await writeFile(`${recordFile}.new`, `${JSON.stringify(record, null, 2)}\n`);
  await rename(`${recordFile}.new`, recordFile);
  await provideTheRest(rpcUrl, deployment);
  return deployment;
}

/**
 * What public chains have besides: Multicall3, and a panel that was registered. Each is looked for
 * before it is put there.
 */
const provideTheRest = async (rpcUrl: string, { panelTribunal }: Deployment) => {
  await provideMulticall3(rpcUrl);
  await provideRegisteredPanel(rpcUrl, demoPanel, panelTribunal);
};
