import type { Request } from "express";

/** The path of a request as a log may have it: who knows the id of an upload can end it. */
export function loggedPath({ path }: Pick<Request, "path">): string {
  return path.replace(/^(\/v1\/uploads\/)[^/]+/i, "$1{id}");
}
