import type { Db } from "../db/database.ts";

/** Time of the newest block that is indexed, in Unix seconds; 0 before the first. */
export const readNewestTime = async (db: Db): Promise<number> => {
  const newest = await db.selectFrom("blocks").select("timestamp").orderBy("number", "desc").executeTakeFirst();
  return newest?.timestamp ?? 0;
};
