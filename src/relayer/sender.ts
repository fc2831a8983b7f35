import type { Abi } from "viem";
import type { Chain } from "../chain/client.ts";
import type { Finality } from "../chain/heads.ts";
import type { Call } from "../chain/transactions.ts";
import type { Database } from "../db/database.ts";
import type { CallPayload } from "../db/tables.ts";
import type { Log } from "./log.ts";
import type { TransactionSigner } from "./signer.ts";

/** Moments between which a process may die; whoever watches them can make it. */
export type Step =
  | "claimed"
  | "simulated"
  | "signed"
  | "assigned"
  | "sent"
  | "marked-sent"
  | "replacement-signed"
  | "replacement-sent"
  | "receipt-read"
  | "mined";

/** What submitting and tracking share. */
export type Sender = Readonly<{
  database: Database;
  chain: Chain;
  signer: TransactionSigner;
  /** Names this process among replicas. */
  owner: string;
  /** Custom errors of every contract that is called. */
  errors: Abi;
  finality: Finality;
  log: Log;
  onStep?: (step: Step) => void;
  settings: SenderSettings;
}>;

/** How transactions are sent; times in seconds. */
export type SenderSettings = Readonly<{
  batch: number;
  leaseSeconds: number;
  /** Wei per gas that is never exceeded. */
  maxFeeCap: bigint;
  /** Seconds without a block before the same bytes are sent again, and before they are replaced. */
  resendAfter: number;
  replaceAfter: number;
}>;

/** Settings for chains with a block every few seconds. */
export const defaultSenderSettings: SenderSettings = {
  batch: 32,
  leaseSeconds: 30,
  maxFeeCap: 500_000_000_000n,
  resendAfter: 5,
  replaceAfter: 30,
};

/** The call that an outbox row keeps as JSON. */
export function toCall(payload: unknown): Call {
  const { to, data, value } = payload as CallPayload;
  return { to, data, value: BigInt(value ?? 0) };
}
