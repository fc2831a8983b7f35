import type { ColumnType } from "kysely";
import type { Address, Hex } from "viem";
import type { intentStates } from "../wire/schemas.ts";

/**
 * A JSON column: read as the parsed value, written as text so that both engines store the same
 * thing.
 */
export type Json<T> = ColumnType<T, string, string>;

/** A column that the database fills in by its own clock. */
export type Stamped = ColumnType<Date, never, Date>;

/** Where a transaction stands. It ends `final`, `reverted` or `rejected`. */
export type TransactionState = (typeof intentStates)[number];

/** Where an outbox row stands. Transactions end as above, webhooks `delivered` or `dead`. */
export type OutboxState = TransactionState | "delivered" | "dead";

/** What is done for an outbox row. */
export type OutboxKind = "tx" | "anchor" | "webhook";

/**
 * `call` does what the row asks; `void` only uses the nonce up, for a call that must not run any
 * more.
 */
export type AttemptPurpose = "call" | "void";

/** Whether a signature is a key's, or one that only the submitter's contract can check. */
export type AccountKind = "key" | "contract";

/** A contract call as the outbox keeps it: wei as decimal text. */
export type CallPayload = Readonly<{
  to: Address;
  data: Hex;
  value?: string;
  /**
   * What the call must be given even where an estimate finds less: inner calls of a batch may fail
   * without failing it.
   */
  leastGas?: string;
  /** Deadlines that a batch acts on. */
  deadlines?: readonly string[];
}>;

type Facts = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * The type in code of each column for which SQL says less: every JSON column, and text that is not
 * any text. What is `unknown` here is parsed where it is read. `scripts/generate-schema.ts` reads
 * this.
 */
export const columnTypes = {
  attempts: { signer: "Address", hash: "Hex", raw: "Hex", purpose: "AttemptPurpose" },
  batches: { root: "Hex", anchor: "unknown" },
  blocks: { hash: "Hex", parentHash: "Hex" },
  cursor: { hash: "Hex" },
  deals: { dealId: "Hex", terms: "unknown", order: "unknown", sellerSignature: "Hex" },
  events: { blockHash: "Hex", txHash: "Hex", dealId: "Hex", args: "Record<string, unknown>" },
  evidence: {
    digest: "Hex",
    leaf: "Hex",
    dealId: "Hex",
    submitter: "Address",
    signature: "Hex",
    record: "unknown",
    account: "AccountKind",
    batchRoot: "Hex",
    path: "Hex[]",
    receipt: "Hex",
  },
  idempotency: { bodyHash: "Hex", response: "unknown" },
  intents: { digest: "Hex", kind: "RelayKind", dealId: "Hex", signer: "Address", payload: "unknown" },
  nonces: { signer: "Address" },
  outbox: {
    kind: "OutboxKind",
    payload: "unknown",
    state: "OutboxState",
    code: "ErrorCode",
    detail: "ErrorDetails",
    txHash: "Hex",
    blockHash: "Hex",
  },
  projections: { kind: "ProjectionKind", state: "unknown" },
  signers: { address: "Address" },
  timestampTokens: { root: "Hex", token: "Hex" },
} as const satisfies Facts;

/**
 * What a reader should know of a column that its name does not say. The generated types carry it.
 */
export const columnNotes = {
  batches: {
    anchor: "What an offline verifier needs about the anchoring transaction, once it is settled.",
  },
  deals: { registeredAt: "When a marketplace handed the terms in; null where the chain alone told of the deal." },
  events: {
    args: "As the chain has it, but for the terms of a funding, which are in `deals`.",
    subjects: "What the event changes, as `kind:key`; a reorganisation projects exactly these again.",
  },
  idempotency: { holders: "Requests with this key that run and have no answer yet; those that a crash ended count." },
  intents: {
    signer: "Whose action it is; null where several sign.",
    payload: "The request as it came in, with its signatures.",
  },
  outbox: {
    orderKey: "Rows that share it are sent one after the other, in the order of their ids.",
    code: "What a `rejected` or `reverted` row ended with, or what last blocked a waiting one.",
    succeeded: "Whether the mined transaction did what it was sent for.",
  },
  projections: {
    key: "Unique within the kind.",
    parties: "Who is a party of it, in lower case.",
    dueAt: "The second at which it can be moved by anyone, if it can.",
  },
  timestampTokens: {
    generation: "0 for the token over the root, then one more for each that renews the one before.",
    token: "In DER; null while it is to be asked for.",
    time: "What the token states, in Unix seconds.",
    certificateExpires: "The last second of the authority's certificate.",
    problem: "What kept it from coming last.",
  },
} as const satisfies Facts;
