import { type ErrorCode, ProtocolError } from "../core/errors.ts";

/**
 * Codes that say nothing about the answer: the same question may be asked again. Everything else is
 * final.
 */
const transient: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["rpc-unreachable", "database-unreachable"]);

/** Whether the same question may be asked again after this error. */
export function isTransient(error: unknown): boolean {
  return error instanceof ProtocolError && transient.has(error.code);
}
