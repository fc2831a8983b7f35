import { sql } from "kysely";

/** The database's clock, which all replicas share. It moves on within a transaction. */
export const now = sql<Date>`clock_timestamp()`;

/** The same clock so many seconds from now. */
export function inSeconds(seconds: number) {
  return sql<Date>`clock_timestamp() + make_interval(secs => ${seconds})`;
}
