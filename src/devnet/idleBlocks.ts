import { createTestClient, http, publicActions } from "viem";
import { type Loop, type LoopOptions, startLoop } from "../relayer/loop.ts";
import type { Relayer } from "../relayer/relayer.ts";

export type IdleBlockOptions = Readonly<{ rpcUrl: string; relayer: Pick<Relayer, "nextDeadline"> }> &
  Pick<LoopOptions, "signal" | "log">;

const LOOK_EVERY_MS = 500;

/**
 * Mines an empty block on a local chain whenever a deal's deadline has passed on its clock but in
 * no block. A public chain makes blocks by itself; this one makes them for transactions only, and
 * deadlines follow the time of blocks.
 */
export function startIdleBlocks({ rpcUrl, relayer, signal, log }: IdleBlockOptions): Loop {
  const chain = createTestClient({ mode: "anvil", transport: http(rpcUrl) }).extend(publicActions);
  const step = async () => {
    const due = await relayer.nextDeadline();
    if (due === null) return false;
    const [latest, next] = await Promise.all([chain.getBlock(), chain.getBlock({ blockTag: "pending" })]);
    if (latest.timestamp < due && next.timestamp >= due) await chain.mine({ blocks: 1 });
    return false;
  };
  return startLoop({ name: "idle blocks", intervalMs: LOOK_EVERY_MS, signal, log, step });
}
