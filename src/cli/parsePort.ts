import { usageInvalid } from "./problems.ts";

/** A port from an option. Throws `usage-invalid`. */
export function parsePort(text: string, { option, help }: { option: string; help: string }): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw usageInvalid(help, "port-malformed", { option });
}
