import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

const statements = [
  `create table outbox (
     id bigint generated always as identity primary key,
     natural_key text not null unique,
     kind text not null check (kind in ('tx', 'anchor', 'webhook')),
     payload jsonb not null,
     state text not null default 'queued',
     order_key text,
     lease_owner text,
     lease_until timestamptz,
     not_before timestamptz,
     tries integer not null default 0,
     code text,
     detail jsonb,
     tx_hash text,
     block_number bigint,
     block_hash text,
     succeeded boolean,
     created_at timestamptz not null default clock_timestamp(),
     updated_at timestamptz not null default clock_timestamp()
   )`,
  "create index outbox_open on outbox (state, id) where state in ('queued', 'assigned', 'broadcast', 'mined', 'safe')",
  "create index outbox_order on outbox (order_key, id) where order_key is not null",
  `create table intents (
     digest text primary key,
     kind text not null,
     deal_id text,
     signer text,
     payload jsonb not null,
     outbox_id bigint not null references outbox (id),
     created_at timestamptz not null default clock_timestamp()
   )`,
  "create index intents_deal on intents (deal_id)",
  `create table deals (
     deal_id text primary key,
     terms jsonb not null,
     buyer text not null,
     seller text not null,
     marketplace text not null,
     "order" jsonb,
     seller_signature text,
     created_at timestamptz not null default clock_timestamp()
   )`,
  `create table signers (
     address text primary key,
     chain_id bigint not null,
     next_nonce bigint not null
   )`,
  `create table nonces (
     signer text not null references signers (address),
     nonce bigint not null,
     outbox_id bigint not null references outbox (id),
     primary key (signer, nonce),
     unique (signer, nonce, outbox_id)
   )`,
  `create table attempts (
     id bigint generated always as identity primary key,
     outbox_id bigint not null,
     signer text not null,
     nonce bigint not null,
     hash text not null unique,
     raw text not null,
     gas numeric(78, 0) not null,
     max_fee numeric(78, 0) not null,
     max_priority_fee numeric(78, 0) not null,
     purpose text not null check (purpose in ('call', 'void')),
     sent_at timestamptz,
     created_at timestamptz not null default clock_timestamp(),
     foreign key (signer, nonce, outbox_id) references nonces (signer, nonce, outbox_id)
   )`,
  "create index attempts_outbox on attempts (outbox_id, id)",
  "create table leases (name text primary key, owner text not null, until timestamptz not null)",
  `create table blocks (
     number bigint primary key,
     hash text not null,
     parent_hash text not null,
     timestamp bigint not null
   )`,
  `create table events (
     id bigint generated always as identity primary key,
     block_number bigint not null,
     block_hash text not null,
     timestamp bigint not null,
     log_index integer not null,
     tx_hash text not null,
     contract text not null,
     name text not null,
     deal_id text,
     args jsonb not null,
     subjects text[] not null,
     unique (block_hash, log_index)
   )`,
  "create index events_order on events (block_number, log_index)",
  "create index events_deal on events (deal_id, block_number, log_index) where deal_id is not null",
  "create index events_subjects on events using gin (subjects)",
  `create table projections (
     kind text not null,
     key text not null,
     state jsonb not null,
     parties text[] not null,
     status text,
     due_at bigint,
     block_number bigint not null,
     primary key (kind, key)
   )`,
  "create index projections_parties on projections using gin (parties)",
  "create index projections_due on projections (due_at) where due_at is not null",
  "create table cursor (name text primary key, number bigint not null, hash text not null)",
  `create table batches (
     root text primary key,
     size integer not null,
     outbox_id bigint references outbox (id),
     anchor jsonb,
     created_at timestamptz not null default clock_timestamp()
   )`,
  `create table evidence (
     digest text primary key,
     leaf text not null unique,
     deal_id text,
     submitter text not null,
     signature text not null,
     cid text,
     record jsonb not null,
     account text not null,
     batch_root text references batches (root),
     batch_index integer,
     path jsonb,
     received_at bigint not null,
     anchor_by bigint not null,
     receipt text not null,
     created_at timestamptz not null default clock_timestamp(),
     unique (batch_root, batch_index)
   )`,
  "create index evidence_unanchored on evidence (received_at) where batch_root is null",
  "create index evidence_deal on evidence (deal_id) where deal_id is not null",
  `create table idempotency (
     scope text not null,
     key text not null,
     body_hash text not null,
     status integer,
     response jsonb,
     created_at timestamptz not null default clock_timestamp(),
     primary key (scope, key)
   )`,
];

/** Every table of the first version. */
export const initial: Migration = {
  up: async (db: Kysely<unknown>) => {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
