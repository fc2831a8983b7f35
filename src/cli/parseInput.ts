import type * as z from "zod";
import { ProtocolError } from "../core/errors.ts";

/** Data from a file as its schema wants it. Throws `input-malformed` with the first field that is wrong. */
export const parseInput = <S extends z.ZodType>(schema: S, input: unknown, path: string): z.output<S> => {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const at = issue?.path.join(".") ?? "";
  throw new ProtocolError("input-malformed", { path, at, problem: issue?.message ?? "it has another shape" });
};
