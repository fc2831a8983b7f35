import * as z from "zod";
import { bytes32 } from "../core/fields.ts";
import { inputInvalid } from "./inputInvalid.ts";

/**
 * Where a page of a listing ended: the number that the listing is ordered by, and the id that
 * breaks its ties.
 */
const positionSchema = z.tuple([z.int().nonnegative(), bytes32]);

/** A place in a listing: a number, and the id that breaks ties. */
export type Position = z.output<typeof positionSchema>;

/** What a client hands back for the next page; opaque to it. */
const writeCursor = (position: Position): string => Buffer.from(JSON.stringify(position)).toString("base64url");

/** Throws `input-invalid` for what `writeCursor` did not write. */
export function readCursor(cursor: string | undefined): Position | undefined {
  if (cursor === undefined) return undefined;
  try {
    return positionSchema.parse(JSON.parse(Buffer.from(cursor, "base64url").toString()));
  } catch (cause) {
    throw inputInvalid("cursor", "cursor-foreign", { cause });
  }
}

/** One row more than a page was read: it only tells whether there is a next page. */
export function pageOf<Row>(rows: readonly Row[], limit: number, positionOf: (row: Row) => Position) {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { page, next: rows.length > limit && last !== undefined ? writeCursor(positionOf(last)) : null };
}
