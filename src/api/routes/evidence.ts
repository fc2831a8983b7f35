import type { Hex } from "viem";
import { dealRoleOf } from "../../core/deal/dealRole.ts";
import type { Terms } from "../../core/deal/terms.ts";
import { ProtocolError } from "../../core/errors.ts";
import { parseEvidenceRecord } from "../../core/evidence/record.ts";
import { readTerms } from "../../db/deals.ts";
import { type FiledEvidence, listEvidence, readEvidence } from "../../db/evidence.ts";
import type { ApiContext, Handlers } from "../context.ts";
import { pageOf, readCursor } from "../cursor.ts";

/** Filing evidence records, and reading them with their proofs. */
export function createEvidenceRoutes({
  relayer,
  database: { db },
  limits,
}: ApiContext): Handlers<"submitEvidence" | "readEvidence" | "readAnchored" | "listEvidence"> {
  const termsOf = async (dealId: Hex | null): Promise<Terms | undefined> =>
    dealId === null ? undefined : (await readTerms(db, [dealId]))[0]?.terms;

  const view = (item: FiledEvidence, terms: Terms | undefined) => {
    const record = parseEvidenceRecord(item.record);
    const { batchSize: size, batchIndex: index, path: siblings } = item;
    return {
      digest: item.digest,
      leaf: item.leaf,
      kind: record.kind,
      deal: item.dealId,
      state: size === null ? ("received" as const) : item.isAnchored ? "anchored" : "sealed",
      record,
      submitter: item.submitter,
      role: terms === undefined ? null : dealRoleOf(item.submitter, terms),
      signature: item.signature,
      receipt: {
        digest: item.digest,
        leaf: item.leaf,
        receivedAt: item.receivedAt,
        anchorBy: item.anchorBy,
        relayer: relayer.address,
        account: item.account,
        signature: item.receipt,
      },
      path: size === null || index === null || siblings === null ? null : { index, size, siblings },
      root: item.batchRoot,
    } as const;
  };

  const requireEvidence = async (id: Hex) => {
    const item = await readEvidence(db, id);
    if (item === undefined) throw new ProtocolError("evidence-unknown", { id });
    return item;
  };

  return {
    submitEvidence: async ({ body }) => ({ status: 202, body: await relayer.evidence.submit(body) }),

    readEvidence: async ({ params: { id } }) => {
      const item = await requireEvidence(id);
      return { status: 200, body: view(item, await termsOf(item.dealId)) };
    },

    readAnchored: async ({ params: { id } }) => {
      const anchored = await relayer.evidence.readAnchored(id);
      if (anchored === undefined) {
        const { digest, anchorBy } = await requireEvidence(id);
        throw new ProtocolError("anchor-not-found", { digest, anchorBy });
      }
      const { path, anchor } = anchored;
      return {
        status: 200,
        body: {
          ...anchored,
          path: { ...path, siblings: [...path.siblings] },
          anchor: { ...anchor, receiptProof: [...anchor.receiptProof] },
        },
      };
    },

    listEvidence: async ({ params: { id }, query: { caseRef, cursor, limit = limits.pageSize } }) => {
      const after = readCursor(cursor);
      const rows = await listEvidence(db, id, {
        ...(caseRef === undefined ? {} : { caseRef }),
        ...(after === undefined ? {} : { after: { receivedAt: after[0], leaf: after[1] } }),
        limit: limit + 1,
      });
      const { page, next } = pageOf(rows, limit, ({ receivedAt, leaf }) => [receivedAt, leaf]);
      const terms = await termsOf(id);
      return { status: 200, body: { evidence: page.map((item) => view(item, terms)), next } };
    },
  };
}
