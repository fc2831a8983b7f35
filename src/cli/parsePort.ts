import { ProtocolError } from "../core/errors.ts";

/** A port from an option. Throws `usage-invalid`. */
export const parsePort = (text: string, { option, help }: { option: string; help: string }): number => {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new ProtocolError("usage-invalid", { problem: `${option} takes a number from 0 to 65535.`, help });
};
