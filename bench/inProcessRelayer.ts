import type { Address, Hex } from "viem";
import type { Chain } from "../src/chain/client.ts";
import { proveAnchor, readHeaderRlp } from "../src/chain/receiptProof.ts";
import { ProtocolError } from "../src/core/errors.ts";
import { filingReceiptTypedData } from "../src/core/evidence/anchorPromise.ts";
import { buildTree, pathOf, rootOf } from "../src/core/evidence/merkle.ts";
import { evidenceDigest, evidenceLeaf } from "../src/core/evidence/record.ts";
import { maxFileBytes } from "../src/ipfs/limits.ts";
import type { EvidenceStore } from "../src/ipfs/port.ts";
import type { AnchoredEvidence, EvidenceToSubmit } from "../src/sdk/client.ts";
import type { FilingSetup } from "../src/sdk/fileAndAnchor.ts";
import { relayer } from "../test/fixtures/evidence.ts";
import { anchorWith } from "../test/fixtures/registry.ts";

type Parts = Readonly<{ store: EvidenceStore; chain: Chain; rpcUrl: string; registry: Address }>;

/** What filing asks of a relayer, done in this process: so that its memory is counted, and no other process's time. */
export function inProcessRelayer({ store, chain, rpcUrl, registry }: Parts) {
  const domain = { chainId: chain.chainId, registry };
  let submitted: EvidenceToSubmit | undefined;
  const readAnchored = async (leaf: Hex): Promise<AnchoredEvidence> => {
    const tree = buildTree([leaf]);
    const root = rootOf(tree);
    const transactionHash = await anchorWith(rpcUrl, registry, root, 1);
    const anchor = await proveAnchor(chain, { transactionHash, registry, root });
    const beaconHeader = await readHeaderRlp(chain, submitted!.record.beaconHash);
    const path = pathOf(tree, 0);
    return {
      path: { ...path, siblings: [...path.siblings] },
      anchor: { ...anchor, receiptProof: [...anchor.receiptProof] },
      beaconHeader,
      transactionHash,
      timestamps: [],
    };
  };
  return {
    readConfig: async () => ({
      chainId: chain.chainId,
      contracts: { escrow: registry, panel: registry, registry, fromBlock: 0 },
      relayer: relayer.address.toLowerCase() as Address,
      asOf: 0,
      limits: { evidenceBytes: maxFileBytes, requestBytes: 0, anchorWithin: 0, pageSize: 0 },
    }),
    uploadCiphertext: (source) => store.put(source as AsyncIterable<Uint8Array>),
    submitEvidence: async (evidence) => {
      submitted = evidence;
      const { record, submitter, signature } = evidence;
      const digest = evidenceDigest(record, domain);
      const promise = {
        leaf: evidenceLeaf(digest, submitter, signature),
        receivedAt: 0,
        anchorBy: record.deadline,
      };
      return {
        ...promise,
        digest,
        relayer: relayer.address.toLowerCase() as Address,
        account: "key",
        signature: await relayer.signTypedData(filingReceiptTypedData(promise, domain)),
      };
    },
    readDeal: () => Promise.reject(new ProtocolError("deal-unknown")),
    readAnchored,
    waitForAnchor: readAnchored,
  } satisfies FilingSetup["client"];
}
