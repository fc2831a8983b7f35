import type { Call } from "../chain/transactions.ts";
import type { Texts } from "../core/text/texts.ts";
import { columns } from "./terminal/columns.ts";

/** A call with what a person must know about it: who can send it, and what it does. */
export type ExplainedCall = Call & Readonly<{ by: string; what: string }>;

/** A call of the panel tribunal, which anyone can send. */
export function panelCall(
  call: Call,
  effect: "registerPanel" | "determine" | "extend",
  { calls }: Texts,
): ExplainedCall {
  return { ...call, by: calls.sender.anyone, what: calls.effect[effect] };
}

/** Calls for people: who sends each, what it does, and its data. */
export function callsText(calls: readonly ExplainedCall[], { calls: { column } }: Texts): string {
  return calls
    .map(({ to, data, value, by, what }) =>
      columns([
        [column.sender, by],
        [column.effect, what],
        [column.to, to],
        [column.value, value.toString()],
        [column.data, data],
      ]),
    )
    .join("\n\n");
}
