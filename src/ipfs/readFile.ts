import type { CID } from "multiformats/cid";
import { ProtocolError } from "../core/errors.ts";
import { orAborted } from "./abortable.ts";
import { type BlockSource, readBlock } from "./blockSource.ts";
import { decodeFileNode, requirePlace } from "./fileNode.ts";
import { maxFileBytes, maxNodes } from "./limits.ts";
import type { GetOptions } from "./port.ts";

type Visit = {
  readonly cid: CID;
  readonly declared: number | undefined;
  readonly depth: number;
  readonly offset: number;
};

/**
 * A file's bytes in order from blocks that nobody vouches for. Holds `readAhead` blocks besides the
 * one in the reader's hands, fetches only what the range needs, and checks what a node declares
 * before any of its children is read.
 */
export async function* readFile(
  source: BlockSource,
  root: CID,
  { range, maxBytes = maxFileBytes, signal, readAhead = 1 }: GetOptions & { readonly readAhead?: number } = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const leaving = new AbortController();
  const stopping = signal === undefined ? leaving.signal : AbortSignal.any([signal, leaving.signal]);
  const fetching = new Map<Visit, Promise<Uint8Array>>();
  const stack: Visit[] = [{ cid: root, declared: undefined, depth: 0, offset: 0 }];
  const start = range?.start ?? 0;
  let end = range?.end ?? Number.POSITIVE_INFINITY;
  let reads = 0;
  let allowed = 1;
  if (!(Number.isSafeInteger(start) && start >= 0 && end >= start))
    throw new ProtocolError("range-invalid", { start, end });

  const fetchNow = (visit: Visit) => {
    const running = fetching.get(visit) ?? readBlock(source, visit.cid, stopping);
    running.catch(() => undefined);
    fetching.set(visit, running);
    return running;
  };

  try {
    for (let visit = stack.pop(); visit !== undefined; visit = stack.pop()) {
      const current = fetchNow(visit);
      for (const next of stack.slice(Math.max(0, stack.length - readAhead)).reverse()) void fetchNow(next);
      const bytes = await orAborted(current, signal);
      fetching.delete(visit);

      const { cid, declared, depth, offset } = visit;
      const node = decodeFileNode(cid, bytes);
      requirePlace(cid, node, declared, depth);
      if (depth === 0) {
        if (node.size > maxBytes)
          throw new ProtocolError("dag-too-large", { cid: cid.toString(), limit: "bytes", size: node.size });
        if (start > node.size) throw new ProtocolError("range-invalid", { start, size: node.size });
        end = Math.min(end, node.size);
        allowed = maxNodes(node.size);
      }
      reads += 1;
      if (reads > allowed) throw new ProtocolError("dag-too-large", { cid: root.toString(), limit: "nodes" });

      if (node.kind === "leaf") {
        const wanted = node.data.subarray(Math.max(0, start - offset), Math.max(0, end - offset));
        if (wanted.length > 0) yield wanted;
        continue;
      }
      const visits: Visit[] = [];
      let at = offset;
      for (const child of node.children) {
        if (at < end && at + child.size > start)
          visits.push({ cid: child.cid, declared: child.size, depth: depth + 1, offset: at });
        at += child.size;
      }
      stack.push(...visits.reverse());
    }
  } finally {
    leaving.abort();
  }
}
