import { errorMessages } from "../../core/text/errors.ts";
import { readNewestTime } from "../../db/events.ts";
import type { ApiContext, Handlers } from "../context.ts";
import { statusOf } from "../problem.ts";

/** Configuration, health, readiness and the error catalogue. */
export function createOperationRoutes({
  relayer,
  database,
  chain,
  limits,
}: ApiContext): Handlers<"readConfig" | "readError" | "readHealth" | "readReady"> {
  return {
    readConfig: async () => {
      const { escrow, panel, registry, fromBlock } = relayer.contracts;
      const { evidenceBytes, requestBytes, anchorWithin, pageSize } = limits;
      return {
        status: 200,
        body: {
          chainId: chain.chainId,
          contracts: { escrow, panel, registry, fromBlock },
          relayer: relayer.address,
          asOf: await readNewestTime(database.db),
          limits: { evidenceBytes, requestBytes, anchorWithin, pageSize },
        },
      };
    },

    readError: async ({ params: { code } }) => ({
      status: 200,
      body: { code, status: statusOf[code], en: errorMessages.en[code], zh: errorMessages.zh[code] },
    }),

    readHealth: async () => ({ status: 200, body: { alive: true } }),

    readReady: async () => {
      const { isReady, blockedBy, lag, outboxAge, nonceGap, unanchored, damagedFiles } = await relayer.health();
      const body = { ready: isReady, blockedBy: { ...blockedBy }, lag, outboxAge, nonceGap, unanchored, damagedFiles };
      return isReady ? { status: 200, body } : { status: 503, body };
    },
  };
}
