import type { Terms } from "../../core/deal/terms.ts";
import type { StoredEvent } from "../../db/events.ts";
import type { ProjectionKind, ProjectionStates } from "../../db/projectionStates.ts";
import type { Projection } from "../../db/projections.ts";

/** An event with the terms of the deal that it names, if it names one. */
export type ProjectedEvent = StoredEvent & Readonly<{ terms: Terms | undefined }>;

/** Makes a projection after an event from the state before it. Pure. */
export type Projector<K extends ProjectionKind> = (
  key: string,
  before: ProjectionStates[K] | undefined,
  event: ProjectedEvent,
) => Projection<K>;

/** What an event says, by name. */
export function argsOf(event: StoredEvent): Readonly<Record<string, string>> {
  return event.args as Readonly<Record<string, string>>;
}

/** The fields of a projection that has neither a status nor a deadline. */
export function withoutStatus(event: StoredEvent) {
  return { status: null, dueAt: null, blockNumber: event.blockNumber };
}
