import { readFromGateways } from "../ipfs/gatewayClient.ts";
import type { EvidenceStore } from "../ipfs/port.ts";
import type { Log } from "./log.ts";

/** What is checked, and where a damaged file may be fetched anew. */
export type StoreCheck = Readonly<{
  store: EvidenceStore;
  /** Base URLs of IPFS gateways that other stores of the same files serve. Nobody trusts them. */
  gateways: readonly string[];
  log: Log;
  /** Ends the check between two blocks. */
  signal: AbortSignal;
}>;

/** Longest time to fetch one file anew, in milliseconds. */
const REPAIR_MS = 30 * 60_000;

/**
 * Reads every block of every stored file once, and fetches a damaged or missing file anew from the
 * first gateway that has it: the same bytes under the same name, or nothing. What stays damaged is
 * logged as an error, file by file, and never removed: a copy may come back. Returns the names of
 * those files.
 * @throws `store-unreachable`, and the reason of `signal`
 */
export async function checkStoreOnce({ store, gateways, log, signal }: StoreCheck): Promise<readonly string[]> {
  const faults = new Map<string, number>();
  for await (const { root } of store.scrub({ signal })) faults.set(root, (faults.get(root) ?? 0) + 1);
  const damaged: string[] = [];
  for (const [cid, blocks] of faults) {
    if (await repair(cid, { store, gateways, log, signal }))
      log.warn({ cid, blocks }, "evidence was damaged, repaired");
    else {
      log.error({ cid, blocks }, "evidence is damaged");
      damaged.push(cid);
    }
  }
  return damaged;
}

async function repair(cid: string, { store, gateways, log, signal }: StoreCheck): Promise<boolean> {
  if (gateways.length === 0) return false;
  try {
    const stored = await store.put(readFromGateways(cid, { gateways, totalMs: REPAIR_MS, signal }), { signal });
    return stored.cid === cid;
  } catch (error) {
    signal.throwIfAborted();
    log.warn({ cid, err: error }, "evidence cannot be fetched anew");
    return false;
  }
}
