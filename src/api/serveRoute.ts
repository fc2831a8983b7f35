import express, { type Express, type NextFunction, type Request, type Response } from "express";
import { sha256, stringToBytes } from "viem";
import * as z from "zod";
import { en } from "zod/locales";
import { ProtocolError } from "../core/errors.ts";
import { fieldPathOf, fieldProblemOf } from "../core/text/fieldProblems.ts";
import type { Db } from "../db/database.ts";
import { claimKey, type RequestKey, releaseKey, saveAnswer } from "../db/idempotency.ts";
import { type InputOf, type Route, type RouteName, type Routes, routes } from "../wire/routes.ts";
import type { ApiContext, Exchange, Handler, Handlers } from "./context.ts";
import { inputInvalid } from "./inputInvalid.ts";

const jsonType = "application/json";
const nothing = z.strictObject({});
/** A caller's key: printable ASCII. */
const keyPattern = /^[\x21-\x7e]{1,255}$/;

type Answer = Readonly<{ status: number; body: unknown }>;

/**
 * Binds one route of the contract: content type, body, parameters and idempotency are checked here,
 * once for all.
 */
export function serveRoute(
  app: Express,
  name: RouteName,
  { handlers, context }: { handlers: Handlers; context: ApiContext },
): void {
  const route: Route = routes[name];
  const handler = handlers[name] as Handler<RouteName>;
  const path = route.path.replace(/\{(\w+)\}/g, ":$1");
  const hasJson = route.body !== undefined && route.body !== "bytes";
  const readBody = hasJson ? [requireJson, parseJson(context.limits.requestBytes)] : [];

  app[route.method](path, ...readBody, async (request: Request, response: Response) => {
    const input: unknown = {
      params: parse(route.params ?? nothing, request.params),
      query: parse(route.query ?? nothing, request.query),
      headers: route.headers === undefined ? undefined : parse(route.headers, request.headers),
      body: hasJson ? parse(route.body as z.ZodType, request.body) : undefined,
    };
    const disconnected = new AbortController();
    response.once("close", () => disconnected.abort());
    const exchange: Exchange = { request, response, signal: disconnected.signal };
    const act = (): Promise<Answer> => handler(input as InputOf<Routes[RouteName]>, exchange);
    const key = route.keyed ? keyOf(request) : undefined;
    const work = key === undefined ? act() : once(context.database.db, key, act);
    context.track?.(work);
    const { status, body } = await work;
    response.status(status).json(body);
  });
}

const requireJson = (request: Request, _response: Response, next: NextFunction) => {
  const [type = "", ...parameters] = (request.get("content-type") ?? "").toLowerCase().split(";");
  const charset = parameters.map((text) => text.trim()).find((text) => text.startsWith("charset="));
  const isUtf8 = charset === undefined || /^charset="?utf-8"?$/.test(charset);
  if (type.trim() === jsonType && isUtf8) next();
  else next(new ProtocolError("media-type-unsupported", { expected: jsonType }));
};

const parseJson = (limit: number) => {
  const read = express.json({ limit, strict: true, inflate: false, type: () => true });
  return (request: Request, response: Response, next: NextFunction) =>
    read(request, response, (error: unknown) => next(error === undefined ? undefined : fromParser(error, limit)));
};

/** The body parser's own failures by their published `type`. */
const fromParser = (error: unknown, limit: number): unknown => {
  const type = error instanceof Error && "type" in error ? String(error.type) : "";
  switch (type) {
    case "entity.parse.failed":
      // The cause would quote the body.
      return new ProtocolError("json-malformed");
    case "entity.too.large":
      return new ProtocolError("request-too-large", { limit });
    case "encoding.unsupported":
    case "charset.unsupported":
      return new ProtocolError("media-type-unsupported", { expected: jsonType });
    case "request.aborted":
    case "request.size.invalid":
      return new ProtocolError("upload-interrupted");
    default:
      return error;
  }
};

/** In English, whatever language the process that serves was started with. */
const { localeError } = en();

const parse = <S extends z.ZodType>(schema: S, value: unknown): z.output<S> => {
  const parsed = schema.safeParse(value, { error: localeError });
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = fieldPathOf(issue) || "body";
  throw new ProtocolError("input-invalid", { path: path.slice(0, 200), ...fieldProblemOf(issue) });
};

const keyOf = (request: Request): RequestKey | undefined => {
  const key = request.get("idempotency-key");
  if (key === undefined) return undefined;
  if (!keyPattern.test(key)) {
    throw inputInvalid("Idempotency-Key", "idempotency-key-malformed");
  }
  const bodyHash = sha256(stringToBytes(JSON.stringify(request.body)));
  return { scope: `${request.method} ${request.path}`, key, bodyHash };
};

const once = async (db: Db, key: RequestKey, act: () => Promise<Answer>): Promise<Answer> => {
  const before = await claimKey(db, key);
  if (before !== undefined) return { status: before.status, body: before.response };
  try {
    const answer = await act();
    await saveAnswer(db, key, { status: answer.status, response: answer.body });
    return answer;
  } catch (error) {
    await releaseKey(db, key);
    throw error;
  }
};
