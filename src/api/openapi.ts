import { OpenAPIRegistry, OpenApiGeneratorV31 } from "@asteasolutions/zod-to-openapi";
import * as z from "zod";
import type { ErrorCode } from "../core/errors.ts";
import { anyRefusals, bodyRefusals, type Route, routes } from "../wire/routes.ts";
import { problemView } from "../wire/schemas.ts";
import { problemType, statusOf } from "./problem.ts";

const idempotencyKey = z.object({
  "Idempotency-Key": z
    .string()
    .max(255)
    .optional()
    .meta({ description: "The same key and body give the first answer again; another body is refused." }),
});

/**
 * The OpenAPI 3.1 document of every route, made from the schemas that check requests and answers.
 */
export function openApiDocument() {
  const registry = new OpenAPIRegistry();
  for (const [operationId, route] of Object.entries(routes) as [string, Route][]) {
    registry.registerPath({
      operationId,
      method: route.method,
      path: route.path,
      summary: route.summary,
      request: {
        ...(route.params === undefined ? {} : { params: route.params }),
        ...(route.query === undefined ? {} : { query: route.query }),
        ...headersOf(route),
        ...bodyOf(route),
      },
      responses: { ...answersOf(route), ...refusalsOf(route) },
    });
  }
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: "3.1.0",
    info: {
      title: "Holdfast relayer",
      version: "1",
      description:
        "Amounts are decimal strings in minor units of the token, times Unix seconds. Refusals are RFC 9457 problems whose `code` programs match on. `/ipfs/{cid}` is a trustless IPFS gateway beside this.",
    },
    servers: [{ url: "/" }],
  });
}

/** Codes that a route may refuse with, by status. */
export function refusalsByStatus(route: Route): Readonly<Record<number, ErrorCode[]>> {
  const hasJson = route.body !== undefined && route.body !== "bytes";
  const codes = [...new Set([...route.refusals, ...anyRefusals, ...(hasJson ? bodyRefusals : [])])].sort();
  return Object.groupBy(codes, (code) => statusOf[code]) as Record<number, ErrorCode[]>;
}

const headersOf = ({ headers, keyed }: Route) => {
  if (headers !== undefined) return { headers };
  return keyed === undefined ? {} : { headers: idempotencyKey };
};

const bodyOf = ({ body }: Route) => {
  if (body === undefined) return {};
  const content =
    body === "bytes"
      ? { "application/octet-stream": { schema: { type: "string" as const, format: "binary" } } }
      : { "application/json": { schema: body } };
  return { body: { required: true, content } };
};

const answersOf = ({ answers }: Route) =>
  Object.fromEntries(
    Object.entries(answers).map(([status, schema]) => [
      status,
      { description: Number(status) < 400 ? "Done" : "Not now", content: { "application/json": { schema } } },
    ]),
  );

const refusalsOf = (route: Route) =>
  Object.fromEntries(
    Object.entries(refusalsByStatus(route))
      .filter(([status]) => !(status in route.answers))
      .map(([status, codes]) => [
        status,
        {
          description: codes.map((code) => `\`${code}\``).join(", "),
          content: { [problemType]: { schema: problemView } },
        },
      ]),
  );
