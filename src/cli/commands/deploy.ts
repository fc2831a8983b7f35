import { mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Chain, createChain, readChainId, requireChain } from "../../chain/client.ts";
import { type CompiledContracts, contractNamed } from "../../chain/compiledContracts.ts";
import {
  type DeploymentStatus,
  deployMissing,
  estimateDeployment,
  findCreationBlock,
  readDeploymentStatus,
  readHead,
  requireBalance,
} from "../../chain/deployContracts.ts";
import { type DeploymentPlace, type DeploymentRecord, deploymentPlace } from "../../chain/deploymentFile.ts";
import { loadCompiledContracts } from "../../chain/loadCompiledContracts.ts";
import {
  maskedCodeHash,
  type ProtocolCode,
  protocolCodeOf,
  protocolContracts,
  protocolNames,
} from "../../chain/protocolCode.ts";
import { standardJsonOf } from "../../chain/standardJson.ts";
import { ProtocolError } from "../../core/errors.ts";
import { escapeInvisible } from "../../core/text/escapeInvisible.ts";
import { sayElapsed } from "../../devnet/elapsed.ts";
import { type CommandContext, defineCommand, type Outcome } from "../command.ts";
import { costText, progressText, statusText } from "../deploymentText.ts";
import { fileError, readJson, statFile, writeNew } from "../files.ts";
import { usageInvalid } from "../problems.ts";
import { openWallet, walletOptions } from "../wallet.ts";

const HELP = "holdfast deploy";

const options = {
  rpc: { type: "string", value: "URL" },
  "chain-id": { type: "string", value: "N" },
  out: { type: "string", value: "FILE" },
  send: { type: "boolean" },
  ...walletOptions,
  "standard-json": { type: "string", value: "DIR" },
} as const;

export const deploy = defineCommand({
  text: ({ command }) => command.deploy,
  usage: "--rpc URL [--out FILE] [--send --keystore FILE]",
  examples: [
    "holdfast deploy --rpc http://127.0.0.1:8545",
    "holdfast deploy --rpc http://127.0.0.1:8545 --chain-id 31337 --keystore deployer.json --out deployment.json --send",
    "holdfast deploy --rpc http://127.0.0.1:8545 --standard-json sources",
  ],
  options,
  positionals: [0, 0],
  run: async ({ values }, context) => {
    const { rpc, out } = values;
    if (rpc === undefined) throw usageInvalid(HELP, "node-missing");
    if (values.send === true && out === undefined) throw usageInvalid(HELP, "deployment-output-missing");
    const chainId = parseChainId(values["chain-id"]) ?? (await readChainId(rpc));
    const chain = createChain({ rpcUrls: [rpc], chainId });
    try {
      await requireChain(chain);
      const { progress, texts } = context;
      const compiled = await sayElapsed(texts.command.deploy.compiling, loadCompiledContracts(), {
        onProgress: progress,
      });
      const code = protocolCodeOf(compiled);
      if (values["standard-json"] !== undefined) await writeStandardJson(values["standard-json"], compiled);
      return await deployTo(chain, code, { values, context });
    } finally {
      chain.close();
    }
  },
});

type Values = {
  readonly out?: string;
  readonly send?: boolean;
  readonly keystore?: string;
  readonly "password-file"?: string;
};

const deployTo = async (
  chain: Chain,
  code: ProtocolCode,
  { values, context }: { values: Values; context: CommandContext },
): Promise<Outcome> => {
  const { out } = values;
  const earlier = out === undefined ? undefined : await readEarlier(out, { chain, code });
  const status = await readDeploymentStatus(chain, code);
  const steps = await estimateDeployment(chain, code, status);
  const isDeployed = steps.length === 0;
  const { texts } = context;
  const words = texts.command.deploy;
  const where = statusText(chain.chainId, { code, status, texts });
  const said = { isDeployed, steps, ...factsOf(chain, code, status) };

  if (isDeployed) {
    if (out === undefined) return { text: `${where}\n\n${words.isThere}`, json: said };
    const deployment = { ...(await placeOf(chain, code, { status, earlier })), codeHashes: allHashes(status) };
    if (earlier?.isWhole !== true) await replaceFile(out, deployment);
    await rm(startedFile(out), { force: true });
    return {
      text: `${where}\n\n${words.isThere}\n${words.addressesIn(escapeInvisible(out))}`,
      json: { ...said, transactions: [], deployment },
    };
  }
  if (values.send !== true || out === undefined) {
    return { text: `${where}\n\n${costText(steps, texts)}\n${words.howToSend}`, json: said };
  }

  const { signal, progress } = context;
  const account = await openWallet(values, { ...context, help: HELP });
  progress(`${costText(steps, texts)}\n${words.sentFrom(account.address, chain.chainId)}`);
  await requireBalance(chain, account.address, steps);
  const place = await placeOf(chain, code, { status, earlier });
  await replaceFile(startedFile(out), place);
  const transactions = await deployMissing(chain, code, {
    steps,
    account,
    signal,
    onProgress: (event) => progress(progressText(event, texts)),
  });
  const reached = await readDeploymentStatus(chain, code);
  const deployment: DeploymentRecord = { ...place, codeHashes: allHashes(reached) };
  await replaceFile(out, deployment);
  await rm(startedFile(out), { force: true });
  return {
    text: `${statusText(chain.chainId, { code, status: reached, texts })}\n\n${words.deployedBy(account.address)}\n${words.addressesIn(escapeInvisible(out))}`,
    json: {
      isDeployed: true,
      ...factsOf(chain, code, reached),
      sender: account.address,
      transactions,
      deployment,
    },
  };
};

const parseChainId = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  const chainId = Number(text);
  if (/^[1-9]\d*$/.test(text) && Number.isSafeInteger(chainId)) return chainId;
  throw usageInvalid(HELP, "chain-id-malformed");
};

/** What this checkout knows about each contract, for programs. */
const factsOf = ({ chainId }: Chain, code: ProtocolCode, status: DeploymentStatus) => ({
  chainId,
  contracts: Object.fromEntries(
    protocolNames.map((name) => [
      name,
      {
        address: code[name].address,
        codeHash: status.codeHashes[name] ?? null,
        maskedCodeHash: maskedCodeHash(code[name].compiled.deployedBytecode, code[name].compiled),
      },
    ]),
  ),
  hasFactory: status.hasFactory,
  hasPermit2: status.hasPermit2,
  hasMulticall3: status.hasMulticall3,
});

const allHashes = ({ codeHashes }: DeploymentStatus): DeploymentRecord["codeHashes"] => {
  const { escrow, panelTribunal, evidenceRegistry } = codeHashes;
  if (escrow === undefined || panelTribunal === undefined || evidenceRegistry === undefined) {
    throw new ProtocolError("deployment-failed", { step: "second-look" });
  }
  return { escrow, panelTribunal, evidenceRegistry };
};

/**
 * Written before anything is sent, so that a killed run still tells from which block on to look.
 */
const startedFile = (out: string) => `${out}.started`;

type Earlier = Readonly<{ place: DeploymentPlace; isWhole: boolean }>;
type Here = Readonly<{ chain: Chain; code: ProtocolCode }>;

/**
 * What an earlier run wrote. Throws `chain-mismatch` or `file-exists` when it is about something
 * else.
 */
const readEarlier = async (out: string, { chain, code }: Here): Promise<Earlier | undefined> => {
  const path = (await statFile(out)) === undefined ? startedFile(out) : out;
  if ((await statFile(path)) === undefined) return undefined;
  const place = deploymentPlace.safeParse(await readJson(path));
  if (!place.success) throw new ProtocolError("file-exists", { path });
  const actual = chain.chainId;
  if (place.data.chainId !== actual)
    throw new ProtocolError("chain-mismatch", { expected: place.data.chainId, actual });
  if (protocolNames.some((name) => place.data[name] !== code[name].address)) {
    throw new ProtocolError("file-exists", { path });
  }
  return { place: place.data, isWhole: path === out };
};

/** Where the contracts are or will be, and the first block that can hold an event of theirs. */
const placeOf = async (
  chain: Chain,
  code: ProtocolCode,
  { status, earlier }: Readonly<{ status: DeploymentStatus; earlier: Earlier | undefined }>,
): Promise<DeploymentPlace> => {
  const present = protocolNames.filter((name) => !status.missing.includes(name));
  const created =
    earlier === undefined
      ? await Promise.all(present.map((name) => findCreationBlock(chain, code[name].address)))
      : [earlier.place.deployBlock];
  return {
    chainId: chain.chainId,
    evidenceRegistry: code.evidenceRegistry.address,
    escrow: code.escrow.address,
    panelTribunal: code.panelTribunal.address,
    deployBlock: Math.min((await readHead(chain)) + 1, ...created),
  };
};

const replaceFile = async (path: string, content: object): Promise<void> => {
  try {
    const file = await open(`${path}.new`, "w");
    try {
      await file.writeFile(`${JSON.stringify(content, null, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${path}.new`, path);
  } catch (error) {
    throw fileError(error, path, "write");
  }
};

const writeStandardJson = async (dir: string, compiled: CompiledContracts): Promise<void> => {
  await mkdir(dir, { recursive: true }).catch((error: unknown) => {
    throw fileError(error, dir, "write");
  });
  for (const name of protocolNames) {
    const contract = protocolContracts[name];
    const input = await standardJsonOf(contractNamed(compiled, contract), compiled);
    await writeNew(join(dir, `${contract}.json`), `${JSON.stringify(input, null, 1)}\n`);
  }
};
