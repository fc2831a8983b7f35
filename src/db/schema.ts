// Generated from the migrations and src/db/tables.ts by scripts/generate-schema.ts. Do not edit.
import type { Generated, GeneratedAlways, Selectable } from "kysely";
import type { Address, Hex } from "viem";
import type { ErrorCode, ErrorDetails } from "../core/errors.ts";
import type { RelayKind } from "../wire/relayRequests.ts";
import type { ProjectionKind } from "./projectionStates.ts";
import type { AccountKind, AttemptPurpose, Json, OutboxKind, OutboxState, Stamped } from "./tables.ts";

/** Every table as kysely takes it. */
export type Tables = {
  attempts: {
    id: GeneratedAlways<number>;
    outboxId: number;
    signer: Address;
    nonce: number;
    hash: Hex;
    raw: Hex;
    gas: string;
    maxFee: string;
    maxPriorityFee: string;
    purpose: AttemptPurpose;
    sentAt: Date | null;
    createdAt: Stamped;
  };
  batches: {
    root: Hex;
    size: number;
    outboxId: number | null;
    /** What an offline verifier needs about the anchoring transaction, once it is settled. */
    anchor: Json<unknown> | null;
    createdAt: Stamped;
  };
  blocks: {
    number: number;
    hash: Hex;
    parentHash: Hex;
    timestamp: number;
  };
  cursor: {
    name: string;
    number: number;
    hash: Hex;
  };
  deals: {
    dealId: Hex;
    terms: Json<unknown>;
    order: Json<unknown> | null;
    sellerSignature: Hex | null;
    /** When a marketplace handed the terms in; null where the chain alone told of the deal. */
    registeredAt: Date | null;
  };
  events: {
    id: GeneratedAlways<number>;
    blockNumber: number;
    blockHash: Hex;
    timestamp: number;
    logIndex: number;
    txHash: Hex;
    contract: string;
    name: string;
    dealId: Hex | null;
    /** As the chain has it, but for the terms of a funding, which are in `deals`. */
    args: Json<Record<string, unknown>>;
    /** What the event changes, as `kind:key`; a reorganisation projects exactly these again. */
    subjects: string[];
  };
  evidence: {
    digest: Hex;
    leaf: Hex;
    dealId: Hex | null;
    submitter: Address;
    signature: Hex;
    cid: string | null;
    record: Json<unknown>;
    account: AccountKind;
    batchRoot: Hex | null;
    batchIndex: number | null;
    path: Json<Hex[]> | null;
    receivedAt: number;
    anchorBy: number;
    receipt: Hex;
    createdAt: Stamped;
  };
  idempotency: {
    scope: string;
    key: string;
    bodyHash: Hex;
    status: number | null;
    response: Json<unknown> | null;
    createdAt: Stamped;
    /** Requests with this key that run and have no answer yet; those that a crash ended count. */
    holders: Generated<number>;
  };
  intents: {
    digest: Hex;
    kind: RelayKind;
    dealId: Hex | null;
    /** Whose action it is; null where several sign. */
    signer: Address | null;
    /** The request as it came in, with its signatures. */
    payload: Json<unknown>;
    outboxId: number;
    createdAt: Stamped;
  };
  leases: {
    name: string;
    owner: string;
    until: Date;
  };
  nonces: {
    signer: Address;
    nonce: number;
    outboxId: number;
  };
  outbox: {
    id: GeneratedAlways<number>;
    naturalKey: string;
    kind: OutboxKind;
    payload: Json<unknown>;
    state: Generated<OutboxState>;
    /** Rows that share it are sent one after the other, in the order of their ids. */
    orderKey: string | null;
    leaseOwner: string | null;
    leaseUntil: Date | null;
    notBefore: Date | null;
    tries: Generated<number>;
    /** What a `rejected` or `reverted` row ended with, or what last blocked a waiting one. */
    code: ErrorCode | null;
    detail: Json<ErrorDetails> | null;
    txHash: Hex | null;
    blockNumber: number | null;
    blockHash: Hex | null;
    /** Whether the mined transaction did what it was sent for. */
    succeeded: boolean | null;
    createdAt: Stamped;
    updatedAt: Stamped;
  };
  projections: {
    kind: ProjectionKind;
    /** Unique within the kind. */
    key: string;
    state: Json<unknown>;
    /** Who is a party of it, in lower case. */
    parties: string[];
    status: string | null;
    /** The second at which it can be moved by anyone, if it can. */
    dueAt: number | null;
    blockNumber: number;
  };
  signers: {
    address: Address;
    chainId: number;
    nextNonce: number;
  };
  timestampTokens: {
    root: Hex;
    tsaUrl: string;
    /** 0 for the token over the root, then one more for each that renews the one before. */
    generation: Generated<number>;
    /** In DER; null while it is to be asked for. */
    token: Hex | null;
    /** What the token states, in Unix seconds. */
    time: number | null;
    /** The last second of the authority's certificate. */
    certificateExpires: number | null;
    tries: Generated<number>;
    notBefore: Date | null;
    /** What kept it from coming last. */
    problem: string | null;
    createdAt: Stamped;
  };
};

/** A row of a table as it is read. */
export type Row<T extends keyof Tables> = Selectable<Tables[T]>;
