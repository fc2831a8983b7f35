import { type Logger, pino } from "pino";
import { ProtocolError } from "../core/errors.ts";

/** Where lines for operators go. */
export type Log = Pick<Logger, "debug" | "info" | "warn" | "error">;

const secrets = ["signature", "raw", "privateKey", "key", "password", "url", "rpcUrl", "data", "payload", "openings"];

/**
 * Structured lines on `stream` (standard error by default) with ids, codes and durations; what must
 * not leak is cut out.
 */
export function createLog(level: string, stream: NodeJS.WritableStream = process.stderr): Log {
  return pino(
    {
      level,
      redact: { paths: [...secrets, ...secrets.map((name) => `*.${name}`)], remove: true },
      serializers: { err: describeError },
      // An error without a text of ours would lend the line its own.
      hooks: {
        logMethod(args, method) {
          const [first, text = "a defect"] = args as readonly unknown[];
          const line = first instanceof Error ? { err: first } : first;
          const hasError = typeof line === "object" && line !== null && "err" in line;
          if (hasError) method.call(this, line, String(text));
          else method.apply(this, args);
        },
      },
    },
    stream,
  );
}

/** Says nothing. */
export const silentLog: Log = pino({ level: "silent" });

const LONGEST_MESSAGE = 300;

/**
 * What of an error may be read by whoever reads logs. A database's error quotes the query and its
 * parameters, and those are signatures and documents: only kind, place, code and what is left of
 * the message are kept.
 */
const describeError = (error: unknown) => {
  if (!(error instanceof Error)) return { type: typeof error };
  const code = "code" in error && /^[\w.-]{1,40}$/.test(String(error.code)) ? String(error.code) : undefined;
  return {
    type: error.name,
    message: error instanceof ProtocolError ? error.message : harmless(error.message),
    ...(code === undefined ? {} : { code }),
    stack: framesOf(error),
  };
};

const harmless = (message: string): string =>
  message
    .replace(/\s*\b(query|params|parameters|values|detail|where|token|near|at)\b\s*[:=][\s\S]*$/i, "")
    .split("\n", 1)[0]!
    .replaceAll(
      /(\b(?:constraint|relation|column|table|function) "\w+")|"[^"]*("|$)|'[^']*('|$)/g,
      (_, name) => name ?? "(cut)",
    )
    .replaceAll(/\b(0x)?[0-9a-f]{32,}/gi, "(cut)")
    .slice(0, LONGEST_MESSAGE);

/** Without its head, which repeats the message. */
const framesOf = ({ stack = "", message }: Error): string =>
  stack
    .slice(message === "" ? 0 : stack.indexOf(message) + message.length)
    .split("\n")
    .filter((line) => /^\s+at \S/.test(line))
    .join("\n");
