import type { Terms } from "../../core/deal/terms.ts";
import type { StoredEvent } from "../../db/events.ts";

/** An event with the terms of the deal that it names, if it names one. */
export type ProjectedEvent = StoredEvent & Readonly<{ terms: Terms | undefined }>;

/** A projection as it is stored: its state, whom it concerns, and from when anyone may act on it. */
export type ProjectionOf<Kind extends string, State> = Readonly<{
  kind: Kind;
  key: string;
  state: State;
  parties: readonly string[];
  status: string | null;
  dueAt: number | null;
  blockNumber: number;
}>;

/** Makes a projection after an event from the one before it. Pure. */
export type Projector<State, Result> = (key: string, before: State | undefined, event: ProjectedEvent) => Result;

/** What an event says, by name. */
export function argsOf(event: StoredEvent): Readonly<Record<string, string>> {
  return event.args as Readonly<Record<string, string>>;
}

/** The fields of a projection that has neither a status nor a deadline. */
export function withoutStatus(event: StoredEvent) {
  return { status: null, dueAt: null, blockNumber: event.blockNumber };
}
