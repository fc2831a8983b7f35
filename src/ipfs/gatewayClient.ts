import { ProtocolError } from "../core/errors.ts";
import { orAborted, untilAborted } from "./abortable.ts";
import type { BlockSource } from "./blockSource.ts";
import { isIntact, parseCid } from "./cid.ts";
import { concat } from "./concat.ts";
import { maxBlockBytes } from "./limits.ts";
import type { GetOptions } from "./port.ts";
import { readFile } from "./readFile.ts";

/** Which gateway is asked, and how. */
export type GatewayOptions = {
  /** Base URLs, tried in this order for every block. What is no HTTP address is skipped. */
  readonly gateways: readonly string[];
  /** Longest silence inside an answer, in milliseconds. */
  readonly idleMs?: number | undefined;
  /** Longest time for one block from one gateway, in milliseconds. */
  readonly blockMs?: number | undefined;
};

/**
 * Blocks from HTTP gateways that nobody trusts: an answer that is too long, too slow or not what
 * was asked counts as no answer.
 */
function createGatewaySource({ gateways, idleMs = 10_000, blockMs = 60_000 }: GatewayOptions): BlockSource {
  const usable = gateways.filter(isGatewayUrl);
  return async (cid, signal) => {
    let failure: ProtocolError | undefined;
    for (const gateway of usable) {
      const { host } = new URL(gateway);
      try {
        const bytes = await fetchBlock(new URL(`/ipfs/${cid.toString()}?format=raw`, gateway), {
          idleMs,
          blockMs,
          signal,
        });
        if (bytes === undefined) continue;
        if (await isIntact(cid, bytes)) return bytes;
        failure = new ProtocolError("block-damaged", { cid: cid.toString(), gateway: host });
      } catch (cause) {
        signal?.throwIfAborted();
        failure =
          cause instanceof ProtocolError
            ? new ProtocolError(cause.code, { ...cause.details, gateway: host })
            : new ProtocolError("store-unreachable", { gateway: host }, { cause });
      }
    }
    if (failure !== undefined) throw failure;
    return undefined;
  };
}

/**
 * A file from gateways that nobody trusts, every block checked before it is yielded. `totalMs`
 * bounds the whole reading. Rejects with `block-missing` when every gateway says so, else with what
 * the last one did wrong.
 */
export async function* readFromGateways(
  cid: string,
  {
    totalMs,
    range,
    maxBytes,
    signal,
    ...gatewayOptions
  }: GatewayOptions & GetOptions & { readonly totalMs?: number | undefined },
): AsyncGenerator<Uint8Array, void, undefined> {
  const limits = [signal, totalMs === undefined ? undefined : AbortSignal.timeout(totalMs)].filter(
    (limit) => limit !== undefined,
  );
  yield* readFile(createGatewaySource(gatewayOptions), parseCid(cid), {
    range,
    maxBytes,
    signal: limits.length === 0 ? undefined : AbortSignal.any(limits),
    readAhead: 4,
  });
}

type FetchLimits = { readonly idleMs: number; readonly blockMs: number; readonly signal: AbortSignal | undefined };

async function fetchBlock(url: URL, { idleMs, blockMs, signal }: FetchLimits): Promise<Uint8Array | undefined> {
  const stopping = new AbortController();
  const late = (limit: string) => () => stopping.abort(new ProtocolError("store-unreachable", { reason: limit }));
  const overall = setTimeout(late("timeout"), blockMs);
  let idle = setTimeout(late("idle"), idleMs);
  const stopped = signal === undefined ? stopping.signal : AbortSignal.any([signal, stopping.signal]);
  try {
    const request = fetch(url, { headers: { accept: "application/vnd.ipld.raw" }, redirect: "error", signal: stopped });
    const response = await orAborted(request, stopped);
    if (response.status === 404 || response.status === 410) {
      await response.body?.cancel();
      return undefined;
    }
    if (response.status !== 200 || response.body === null) {
      await response.body?.cancel();
      throw new ProtocolError("store-answer-invalid", { status: response.status });
    }

    const parts: Uint8Array[] = [];
    let length = 0;
    for await (const part of untilAborted(response.body, stopped)) {
      clearTimeout(idle);
      idle = setTimeout(late("idle"), idleMs);
      length += part.length;
      if (length > maxBlockBytes) throw new ProtocolError("store-answer-invalid", { limit: maxBlockBytes });
      parts.push(part);
    }
    return concat(parts);
  } finally {
    clearTimeout(overall);
    clearTimeout(idle);
    stopping.abort();
  }
}

/** Whether a text, such as a hint in a bundle, is an address that can be asked for blocks. */
export function isGatewayUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
