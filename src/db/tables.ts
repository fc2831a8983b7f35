import type { ColumnType, Generated, GeneratedAlways, Selectable } from "kysely";
import type { Address, Hex } from "viem";
import type { intentStates } from "../wire/schemas.ts";

/** A JSON column: read as the parsed value, written as text so that both engines store the same thing. */
type Json<T> = ColumnType<T, string, string>;
/** A column that the database fills in by its own clock. */
type Stamped = ColumnType<Date, never, never>;
type Time = ColumnType<Date | null, Date | null | undefined, Date | null>;

/** Where an outbox row stands. Transactions end `final`, `reverted` or `rejected`; webhooks `delivered` or `dead`. */
export type OutboxState = (typeof intentStates)[number] | "delivered" | "dead";

export type OutboxKind = "tx" | "anchor" | "webhook";

/** A contract call as the outbox keeps it: wei as decimal text. */
export type CallPayload = Readonly<{
  to: Address;
  data: Hex;
  value?: string;
  /** What the call must be given even where an estimate finds less: inner calls of a batch may fail without failing it. */
  leastGas?: string;
  /** Deadlines that a batch acts on. */
  deadlines?: readonly string[];
}>;

type IntentsTable = {
  digest: Hex;
  kind: string;
  dealId: Hex | null;
  /** Whose action it is; null where several sign. */
  signer: Address | null;
  /** The request as it came in, with its signatures. */
  payload: Json<unknown>;
  outboxId: number;
  createdAt: Stamped;
};

type DealsTable = {
  dealId: Hex;
  terms: Json<Record<string, string | number>>;
  buyer: Address;
  seller: Address;
  marketplace: Address;
  order: Json<unknown> | null;
  sellerSignature: Hex | null;
  createdAt: Stamped;
};

type OutboxTable = {
  id: GeneratedAlways<number>;
  naturalKey: string;
  kind: OutboxKind;
  payload: Json<unknown>;
  state: Generated<OutboxState>;
  /** Rows that share it are sent one after the other, in the order of their ids. */
  orderKey: string | null;
  leaseOwner: string | null;
  leaseUntil: Time;
  notBefore: Time;
  tries: Generated<number>;
  /** The code that a `rejected` or `reverted` row ended with, or what last blocked a waiting one. */
  code: string | null;
  detail: Json<Record<string, string | number | boolean | null>> | null;
  txHash: Hex | null;
  blockNumber: number | null;
  blockHash: Hex | null;
  /** Whether the mined transaction did what it was sent for. */
  succeeded: boolean | null;
  createdAt: Stamped;
  updatedAt: ColumnType<Date, never, Date>;
};

type SignersTable = { address: Address; chainId: number; nextNonce: number };

type NoncesTable = { signer: Address; nonce: number; outboxId: number };

type AttemptsTable = {
  id: GeneratedAlways<number>;
  outboxId: number;
  signer: Address;
  nonce: number;
  hash: Hex;
  raw: Hex;
  gas: string;
  maxFee: string;
  maxPriorityFee: string;
  /** `call` does what the row asks; `void` only uses the nonce up, for a call that must not run any more. */
  purpose: "call" | "void";
  sentAt: Time;
  createdAt: Stamped;
};

type LeasesTable = { name: string; owner: string; until: Date };

type BlocksTable = { number: number; hash: Hex; parentHash: Hex; timestamp: number };

type EventsTable = {
  id: GeneratedAlways<number>;
  blockNumber: number;
  blockHash: Hex;
  timestamp: number;
  logIndex: number;
  txHash: Hex;
  contract: string;
  name: string;
  dealId: Hex | null;
  args: Json<Record<string, unknown>>;
  /** What the event changes, as `kind:key`; a reorganisation projects exactly these again. */
  subjects: ColumnType<string[], string[], string[]>;
};

/** One row per thing that the chain knows, written by the indexer only. `key` is unique within `kind`. */
export type ProjectionsTable = {
  kind: "deal" | "bond" | "credit" | "anchor";
  key: string;
  state: Json<Record<string, unknown>>;
  /** Parties of it, lower-case, for look-ups by person. */
  parties: ColumnType<string[], string[], string[]>;
  status: string | null;
  /** The second at which a waiting deal can be moved by anyone, if it can. */
  dueAt: number | null;
  blockNumber: number;
};

type CursorTable = { name: string; number: number; hash: Hex };

type EvidenceTable = {
  digest: Hex;
  leaf: Hex;
  dealId: Hex | null;
  submitter: Address;
  signature: Hex;
  cid: string | null;
  record: Json<unknown>;
  /** Whether the signature is a key's, or one that only the submitter's contract can check. */
  account: "key" | "contract";
  batchRoot: Hex | null;
  batchIndex: number | null;
  path: Json<Hex[]> | null;
  receivedAt: number;
  anchorBy: number;
  receipt: Hex;
  createdAt: Stamped;
};

type BatchesTable = {
  root: Hex;
  size: number;
  outboxId: number | null;
  /** Everything that an offline verifier needs about the anchoring transaction; filled once it is mined deep enough. */
  anchor: Json<unknown> | null;
  createdAt: Stamped;
};

type IdempotencyTable = {
  scope: string;
  key: string;
  bodyHash: Hex;
  status: number | null;
  response: Json<unknown> | null;
  /** Requests with this key that run and have no answer yet; those that a crash ended still count. */
  holders: Generated<number>;
  createdAt: Stamped;
};

export type Tables = {
  intents: IntentsTable;
  deals: DealsTable;
  outbox: OutboxTable;
  signers: SignersTable;
  nonces: NoncesTable;
  attempts: AttemptsTable;
  leases: LeasesTable;
  blocks: BlocksTable;
  events: EventsTable;
  projections: ProjectionsTable;
  cursor: CursorTable;
  evidence: EvidenceTable;
  batches: BatchesTable;
  idempotency: IdempotencyTable;
};

export type OutboxRow = Selectable<OutboxTable>;
export type AttemptRow = Selectable<AttemptsTable>;
export type EvidenceRow = Selectable<EvidenceTable>;
