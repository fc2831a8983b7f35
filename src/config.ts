import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isAddress } from "viem";
import * as z from "zod";
import type { Contracts } from "./chain/contracts.ts";
import { contractsAt, deploymentPlace } from "./chain/deploymentFile.ts";
import type { Finality } from "./chain/heads.ts";
import { ProtocolError } from "./core/errors.ts";
import { address } from "./core/fields.ts";
import type { InputProblem } from "./core/text/problems.ts";
import { type DatabaseOptions, isPostgresUrl } from "./db/database.ts";
import { ANCHOR_MARGIN } from "./relayer/anchor.ts";
import { defaultFilers, type Filers } from "./relayer/filers.ts";

const whole = (least: number, most: number) => z.coerce.number().int().min(least).max(most);

const rpcUrls = z
  .string()
  .transform((text) => text.split(",").map((url) => url.trim()))
  .pipe(z.array(z.url({ protocol: /^(https?|wss?)$/ })).min(1));

/** A URL with a password in it would get into tables and messages. */
const webUrls = z
  .string()
  .transform((text) => [
    ...new Set(
      text
        .split(",")
        .map((url) => url.trim())
        .filter((url) => url !== ""),
    ),
  ])
  .pipe(z.array(z.url({ protocol: /^https?$/ }).refine((url) => !/^\w+:\/\/[^/]*@/.test(url))));

/** In lower case or with its checksum (EIP-55): one that is wrong is a mistyped account. */
const checkedAddress = z
  .string()
  .refine((text): boolean => isAddress(text))
  .pipe(address);

const filers = z
  .string()
  .transform((text) => text.split(",").map((filer) => filer.trim()))
  .pipe(
    z.union([
      z.tuple([z.literal("anyone")]).transform(() => "anyone" as const),
      z.array(z.union([z.literal("parties"), checkedAddress])),
    ]),
  );

/** What a variable takes, where `--help` does not say enough. */
const problems: Readonly<Record<string, InputProblem>> = { HOLDFAST_FILERS: "filers-malformed" };

const environment = z.object({
  HOLDFAST_DATA: z.string().min(1).default("data"),
  HOLDFAST_HOST: z.string().min(1).default("127.0.0.1"),
  HOLDFAST_PORT: whole(0, 65_535).default(8787),
  HOLDFAST_RPC_URL: rpcUrls,
  HOLDFAST_DEPLOYMENT: z.string().min(1),
  HOLDFAST_RELAYER_KEYSTORE: z.string().min(1),
  HOLDFAST_RELAYER_PASSWORD_FILE: z.string().min(1),
  HOLDFAST_CONFIRMATIONS: z.union([z.literal("tags"), whole(0, 10_000)]).default("tags"),
  HOLDFAST_POLL_MS: whole(20, 600_000).default(2_000),
  HOLDFAST_BATCH_SECONDS: whole(0, 86_400).default(30),
  HOLDFAST_ANCHOR_WITHIN: whole(1, 7 * 86_400).default(900),
  HOLDFAST_TSA_URLS: webUrls.default([]),
  HOLDFAST_CHECK_HOURS: whole(1, 500).default(24),
  HOLDFAST_REPAIR_GATEWAYS: webUrls.default([]),
  HOLDFAST_FILERS: filers.optional(),
  HOLDFAST_LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
  DATABASE_URL: z.string().refine(isPostgresUrl).optional(),
  KUBO_RPC_URL: z.url({ protocol: /^https?$/ }).optional(),
});

/** Every setting of a relayer, checked. */
export type Config = Readonly<{
  dataDir: string;
  host: string;
  port: number;
  rpcUrls: readonly string[];
  chainId: number;
  contracts: Contracts;
  keystore: Readonly<{ path: string; password: string }>;
  finality: Finality;
  pollMs: number;
  batchSeconds: number;
  anchorWithin: number;
  /** Time-stamping authorities that stamp every batch; none is asked for nothing. */
  tsaUrls: readonly string[];
  /** Hours between two readings of everything that is stored. */
  checkHours: number;
  /** IPFS gateways that a damaged file is fetched from anew. */
  repairGateways: readonly string[];
  /** Who may file evidence; addresses in lower case. */
  filers: Filers;
  logLevel: string;
  database: DatabaseOptions;
  kuboRpcUrl: string | undefined;
}>;

/**
 * What a relayer is told by its environment; the only reader of it. Keys and passwords come from
 * files, so that no list of processes and no crash report shows them.
 *
 * Throws `config-invalid` naming the first variable that is wrong, never its value; also a time to
 * gather batches that leaves too little of the time within which anchors are promised.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  const parsed = environment.safeParse(env);
  if (!parsed.success) {
    const variable = String(parsed.error.issues[0]?.path[0]);
    const problem = problems[variable];
    throw new ProtocolError("config-invalid", { variable, ...(problem === undefined ? {} : { problem }) });
  }
  const values = parsed.data;
  if (values.HOLDFAST_BATCH_SECONDS + ANCHOR_MARGIN > values.HOLDFAST_ANCHOR_WITHIN) {
    throw new ProtocolError("config-invalid", { variable: "HOLDFAST_BATCH_SECONDS" });
  }
  const confirmations = values.HOLDFAST_CONFIRMATIONS;
  return {
    dataDir: values.HOLDFAST_DATA,
    host: values.HOLDFAST_HOST,
    port: values.HOLDFAST_PORT,
    rpcUrls: values.HOLDFAST_RPC_URL,
    ...readDeployment(values.HOLDFAST_DEPLOYMENT),
    keystore: {
      path: values.HOLDFAST_RELAYER_KEYSTORE,
      password: readText("HOLDFAST_RELAYER_PASSWORD_FILE", values.HOLDFAST_RELAYER_PASSWORD_FILE).trimEnd(),
    },
    finality: confirmations === "tags" ? "tags" : { safe: confirmations, final: confirmations },
    pollMs: values.HOLDFAST_POLL_MS,
    batchSeconds: values.HOLDFAST_BATCH_SECONDS,
    anchorWithin: values.HOLDFAST_ANCHOR_WITHIN,
    tsaUrls: values.HOLDFAST_TSA_URLS,
    checkHours: values.HOLDFAST_CHECK_HOURS,
    repairGateways: values.HOLDFAST_REPAIR_GATEWAYS,
    filers: values.HOLDFAST_FILERS ?? defaultFilers,
    logLevel: values.HOLDFAST_LOG_LEVEL,
    database:
      values.DATABASE_URL === undefined
        ? { dataDir: join(values.HOLDFAST_DATA, "database") }
        : { url: values.DATABASE_URL },
    kuboRpcUrl: values.KUBO_RPC_URL,
  };
}

/** Which chain and where on it: the `deployment.json` that deploying leaves behind. */
const readDeployment = (path: string): Readonly<{ chainId: number; contracts: Contracts }> => {
  const text = readText("HOLDFAST_DEPLOYMENT", path);
  try {
    const place = deploymentPlace.parse(JSON.parse(text));
    return { chainId: place.chainId, contracts: contractsAt(place) };
  } catch (cause) {
    throw new ProtocolError("config-invalid", { variable: "HOLDFAST_DEPLOYMENT" }, { cause });
  }
};

const readText = (variable: string, path: string): string => {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new ProtocolError("config-invalid", { variable }, { cause });
  }
};
