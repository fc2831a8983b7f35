import { ProtocolError } from "../core/errors.ts";
import type { InputProblem, ProblemValues, UsageProblem } from "../core/text/problems.ts";

/**
 * The refusal of a command line. `help` is the command whose help explains it, like `holdfast deal
 * sign`.
 */
export function usageInvalid<P extends UsageProblem>(
  help: string,
  problem: P,
  ...[values]: ProblemValues<P>
): ProtocolError {
  return new ProtocolError("usage-invalid", { problem, help, ...values });
}

/** Where what was given is wrong: a file or an option, and a field in it. */
type Place = Readonly<{ path: string; at?: string }>;

/** The refusal of what a file or an option holds. */
export function inputMalformed<P extends InputProblem>(
  place: Place,
  problem: P,
  ...[values]: ProblemValues<P>
): ProtocolError {
  return new ProtocolError("input-malformed", { ...place, problem, ...values });
}
