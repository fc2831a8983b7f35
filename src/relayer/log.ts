import { type Logger, pino } from "pino";

export type Log = Pick<Logger, "debug" | "info" | "warn" | "error">;

const secrets = ["signature", "raw", "privateKey", "key", "password", "url", "rpcUrl", "data", "payload", "openings"];

/** Structured lines on `stream` (standard error by default) with ids, codes and durations; what must not leak is cut out. */
export const createLog = (level: string, stream: NodeJS.WritableStream = process.stderr): Log =>
  pino({ level, redact: { paths: [...secrets, ...secrets.map((name) => `*.${name}`)], remove: true } }, stream);

export const silentLog: Log = pino({ level: "silent" });
