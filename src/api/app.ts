import { randomUUID } from "node:crypto";
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from "express";
import { rateLimit } from "express-rate-limit";
import helmet from "helmet";
import { ProtocolError } from "../core/errors.ts";
import { createGateway } from "../ipfs/gateway.ts";
import { type RouteName, routes } from "../wire/routes.ts";
import type { ApiContext, Handlers } from "./context.ts";
import { crossOrigin } from "./crossOrigin.ts";
import { inputInvalid } from "./inputInvalid.ts";
import type { Limits } from "./limits.ts";
import { loggedPath } from "./loggedPath.ts";
import { openApiDocument } from "./openapi.ts";
import { answerProblem } from "./problem.ts";
import { createBlobRoutes } from "./routes/blobs.ts";
import { createDealRoutes } from "./routes/deals.ts";
import { createEvidenceRoutes } from "./routes/evidence.ts";
import { createIntentRoutes } from "./routes/intents.ts";
import { createOperationRoutes } from "./routes/operations.ts";
import { createUploadRoutes } from "./routes/uploads.ts";
import { serveRoute } from "./serveRoute.ts";
import { serveVerifierPage } from "./verifierPage.ts";

const MINUTE_MS = 60_000;
const OPENAPI_PATH = "/v1/openapi.json";
const VERIFIER_PATH = "/verify";

/**
 * The HTTP API over a relayer, listening nowhere: every route of `contract.ts`, and the IPFS
 * gateway of the store.
 */
export function createApp(context: ApiContext): Express {
  const { limits, log, store } = context;
  const handlers: Handlers = {
    ...createDealRoutes(context),
    ...createIntentRoutes(context),
    ...createBlobRoutes(context),
    ...createUploadRoutes(context),
    ...createEvidenceRoutes(context),
    ...createOperationRoutes(context),
  };

  const app = express();
  app.disable("x-powered-by");
  app.enable("case sensitive routing");
  app.use(requestId(log));
  app.use(helmet());
  app.use(createGateway(store));
  app.use("/v1", crossOrigin, limitRate(limits), noStore);

  const document = openApiDocument();
  app.get(OPENAPI_PATH, (_, response) => {
    response.json(document);
  });
  app.get(VERIFIER_PATH, serveVerifierPage(context.verifierPage));
  for (const name of Object.keys(routes) as RouteName[]) serveRoute(app, name, { handlers, context });
  for (const [path, allowed] of methodsByPath()) {
    app.all(path, () => {
      throw new ProtocolError("method-not-allowed", { allowed });
    });
  }
  app.use(() => {
    throw new ProtocolError("not-found");
  });
  const onError: ErrorRequestHandler = (error, request, response, _next) => {
    if (response.headersSent) response.destroy();
    else answerProblem(request, response, { error: fromFramework(error), log });
  };
  app.use(onError);
  return app;
}

/** Paths as Express writes them, with the methods that they take. */
const methodsByPath = () => {
  const methods = new Map([
    [OPENAPI_PATH, ["GET"]],
    [VERIFIER_PATH, ["GET"]],
  ]);
  for (const { path, method } of Object.values(routes)) {
    const place = path.replace(/\{(\w+)\}/g, ":$1");
    methods.set(place, [...(methods.get(place) ?? []), method.toUpperCase()]);
  }
  return [...methods].map(([path, names]) => [path, names.join(", ")] as const);
};

const requestId =
  (log: ApiContext["log"]): RequestHandler =>
  (request, response, next) => {
    const id = randomUUID();
    const startedAt = performance.now();
    response.locals.requestId = id;
    response.set("X-Request-Id", id);
    response.once("finish", () => {
      const ms = Math.round(performance.now() - startedAt);
      log.debug(
        { requestId: id, method: request.method, path: loggedPath(request), status: response.statusCode, ms },
        "answered",
      );
    });
    next();
  };

const noStore: RequestHandler = (_request, response, next) => {
  response.set("Cache-Control", "no-store");
  next();
};

const limitRate = ({ requestsPerMinute }: Limits): RequestHandler =>
  rateLimit({
    windowMs: MINUTE_MS,
    limit: requestsPerMinute,
    standardHeaders: "draft-8",
    legacyHeaders: false,
    // Its checks print warnings of their own about headers that anybody can send.
    validate: false,
    handler: (_request, response, next) => {
      const seconds = Number(response.getHeader("Retry-After") ?? MINUTE_MS / 1000);
      next(new ProtocolError("rate-limited", { seconds }));
    },
  });

/** What Express itself refuses, as one of our codes. */
const fromFramework = (error: unknown): unknown =>
  error instanceof URIError ? inputInvalid("url", "url-malformed") : error;
