import { type Client, createClient } from "../sdk/client.ts";
import { usageInvalid } from "./problems.ts";

/** Option of every command that talks to a relayer. */
export const urlOption = {
  type: "string",
  value: "URL",
} as const;

/** A client of the relayer that the option names. Throws `usage-invalid`; nothing is sent yet. */
export function connect(url: string | undefined, help = "holdfast"): Client {
  if (url === undefined) throw usageInvalid(help, "relayer-missing");
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) {
    throw usageInvalid(help, "relayer-address-malformed");
  }
  return createClient({ url });
}

/**
 * Unix seconds from which a deadline counts: the chain's clock as the relayer saw it last, where
 * that is ahead of ours. A local chain whose time was moved ahead would refuse what counts from the
 * wall clock.
 */
export async function readTime(
  client: Client,
  { now, signal }: { readonly now: () => number; readonly signal: AbortSignal },
): Promise<number> {
  const { asOf } = await client.readConfig({ signal });
  return Math.max(now(), asOf);
}
