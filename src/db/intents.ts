import type { Transaction } from "kysely";
import type { Address, Hex } from "viem";
import type { ErrorCode, ErrorDetails } from "../core/errors.ts";
import type { RelayKind } from "../wire/relayRequests.ts";
import type { Connection } from "./database.ts";
import { toJson } from "./json.ts";
import type { Tables } from "./schema.ts";
import type { TransactionState } from "./tables.ts";

/** What was handed in, and how far it got. */
export type IntentRecord = Readonly<{
  id: Hex;
  kind: RelayKind;
  dealId: Hex | null;
  signer: Address | null;
  outboxId: number;
  state: TransactionState;
  code: ErrorCode | null;
  detail: ErrorDetails | null;
  txHash: Hex | null;
  blockNumber: number | null;
  succeeded: boolean | null;
  createdAt: Date;
}>;

const select = (db: Connection) =>
  db
    .selectFrom("intents")
    .innerJoin("outbox", "outbox.id", "intents.outboxId")
    .select([
      "intents.digest as id",
      "intents.kind",
      "intents.dealId",
      "intents.signer",
      "intents.outboxId",
      "intents.createdAt",
      "outbox.state",
      "outbox.code",
      "outbox.detail",
      "outbox.txHash",
      "outbox.blockNumber",
      "outbox.succeeded",
    ])
    .$narrowType<{ state: TransactionState }>();

/** What was handed in under an id, and how far it got. */
export function readIntent(db: Connection, id: Hex): Promise<IntentRecord | undefined> {
  return select(db).where("intents.digest", "=", id).executeTakeFirst();
}

/** A request as it was taken in, with the outbox row that carries it out. */
export type NewIntent = Readonly<{
  id: Hex;
  kind: RelayKind;
  dealId: Hex | null;
  signer: Address | null;
  payload: unknown;
  outboxId: number;
}>;

/** Keeps a request. The same id again only renews the payload, which may have other signatures. */
export async function saveIntent(tx: Transaction<Tables>, intent: NewIntent): Promise<void> {
  const payload = toJson(intent.payload);
  await tx
    .insertInto("intents")
    .values({
      digest: intent.id,
      kind: intent.kind,
      dealId: intent.dealId,
      signer: intent.signer,
      payload,
      outboxId: intent.outboxId,
    })
    .onConflict((conflict) => conflict.column("digest").doUpdateSet({ payload }))
    .execute();
}
