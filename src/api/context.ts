import type { Request, Response } from "express";
import type { Chain } from "../chain/client.ts";
import type { Database } from "../db/database.ts";
import type { PartialUploads } from "../ipfs/partialUploads.ts";
import type { EvidenceStore } from "../ipfs/port.ts";
import type { Log } from "../relayer/log.ts";
import type { Relayer } from "../relayer/relayer.ts";
import type { AnswerOf, InputOf, RouteName, Routes } from "../wire/routes.ts";
import type { Limits } from "./limits.ts";

/** What the routes work with. */
export type ApiContext = Readonly<{
  relayer: Relayer;
  database: Database;
  store: EvidenceStore;
  uploads: PartialUploads;
  chain: Chain;
  limits: Limits;
  /** The offline page that checks evidence, as it lies in its file. */
  verifierPage: Uint8Array;
  log: Log;
  /** Is told of the work behind every request, which may outlive its connection. */
  track?: (work: Promise<unknown>) => void;
}>;

/** One request as a handler of a route sees it. */
export type Exchange = Readonly<{
  request: Request;
  response: Response;
  /** Aborts when the caller goes away. */
  signal: AbortSignal;
}>;

/** What answers a route: it gets the checked input and gives an answer that the contract knows. */
export type Handler<N extends RouteName> = (
  input: InputOf<Routes[N]>,
  exchange: Exchange,
) => Promise<AnswerOf<Routes[N]>>;

/** The handlers of some routes, by name. */
export type Handlers<N extends RouteName = RouteName> = { readonly [K in N]: Handler<K> };
