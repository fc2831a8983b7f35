import type { Terms } from "../../core/deal/terms.ts";
import type { StoredEvent } from "../../db/events.ts";
import type { ProjectionKind, ProjectionStates } from "../../db/projectionStates.ts";
import type { Projection } from "../../db/projections.ts";
import { anchorKey, projectAnchor } from "./anchor.ts";
import { bondChangeOf, bondKey, projectBond } from "./bond.ts";
import { creditKey, projectCredit } from "./credit.ts";
import { projectDeal } from "./deal.ts";
import { argsOf, type ProjectedEvent, type Projector } from "./projector.ts";

/** Names one projection: `kind:key`. */
export type Subject = `${ProjectionKind}:${string}`;

const projectors: { readonly [K in ProjectionKind]: Projector<K> } = {
  deal: projectDeal,
  bond: projectBond,
  credit: projectCredit,
  anchor: projectAnchor,
};

/** The projection after an event; pure, and the only place where projections come from. */
export function project(subject: Subject, state: Projection | undefined, event: ProjectedEvent): Projection {
  const colon = subject.indexOf(":");
  const kind = subject.slice(0, colon) as ProjectionKind;
  const key = subject.slice(colon + 1);
  return projectAs(kind, key, { before: state?.state, event });
}

/**
 * Everything that an event changes. `terms` are those of the deal that it names, if it names one.
 */
export function subjectsOf(event: StoredEvent, terms: Terms | undefined): Subject[] {
  const args = argsOf(event);
  switch (event.name) {
    case "BondPosted":
    case "BondWithdrawn":
    case "BondWithdrawalRequested":
      return [`bond:${bondKey(args.seller!, args.token!)}`];
    case "CreditAdded":
    case "CreditWithdrawn":
      return [`credit:${creditKey(args.owner!, args.token!)}`];
    case "Anchored":
      return [`anchor:${anchorKey(args.sender!, args.root!)}`];
    default: {
      if (event.dealId === null || terms === undefined) return [];
      const touchesBond = terms.coverage > 0n && bondChangeOf(event, terms.coverage) !== undefined;
      const bond = `bond:${bondKey(terms.seller, terms.token)}` as const;
      return [`deal:${event.dealId}`, ...(touchesBond ? [bond] : [])];
    }
  }
}

function projectAs<K extends ProjectionKind>(
  kind: K,
  key: string,
  { before, event }: { before: ProjectionStates[K] | undefined; event: ProjectedEvent },
): Projection<K> {
  return projectors[kind](key, before, event);
}
