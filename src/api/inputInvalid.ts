import { ProtocolError } from "../core/errors.ts";
import type { FieldProblem } from "../core/text/fieldProblems.ts";

/** The refusal of one part of a request. */
export function inputInvalid(path: string, problem: FieldProblem, options: { cause?: unknown } = {}): ProtocolError {
  return new ProtocolError("input-invalid", { path, problem }, options);
}
