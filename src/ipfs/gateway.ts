import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Request, type Response, Router } from "express";
import type { CID } from "multiformats/cid";
import { type ErrorCode, ProtocolError } from "../core/errors.ts";
import type { BlockSource } from "./blockSource.ts";
import { carMediaType, exportCar } from "./car.ts";
import { parseCid } from "./cid.ts";
import type { EvidenceStore } from "./port.ts";

const rawMediaType = "application/vnd.ipld.raw";
const carMediaName = "application/vnd.ipld.car";
const year = 365 * 24 * 60 * 60;

const refusals: Partial<Record<ErrorCode, { status: number; title: string }>> = {
  "block-damaged": { status: 500, title: "This block was damaged where it is stored" },
  "block-missing": { status: 404, title: "This block is not stored here" },
  "cid-unsupported": { status: 400, title: "Only CIDv1 with sha2-256 and raw or dag-pb is served" },
  "dag-invalid": { status: 422, title: "This is not a file" },
  "dag-too-large": { status: 422, title: "This file is beyond the limits" },
  "not-acceptable": { status: 406, title: `Ask for ${rawMediaType} or ${carMediaName}` },
  "store-unreachable": { status: 503, title: "The store does not answer" },
};

/**
 * A trustless gateway as an Express router: `GET /ipfs/<cid>` answers one block (`?format=raw`) or
 * the whole file as CARv1 (`?format=car`), also by `Accept`. It serves what is stored and never
 * fetches, and the reader is expected to check the hashes.
 */
export function createGateway(store: EvidenceStore): Router {
  const router = Router({ caseSensitive: true, strict: false });

  router.get("/ipfs/:cid{/*path}", async (request, response) => {
    const disconnected = new AbortController();
    response.once("close", () => disconnected.abort());
    setPolicy(response);
    try {
      if (request.params.path !== undefined) throw new ProtocolError("cid-unsupported", { reason: "path" });
      const cid = parseCid(request.params.cid ?? "");
      const source: BlockSource = (block, signal) => store.getBlock(block.toString(), { signal });
      if (chosenFormat(request) === "raw")
        await sendBlock(request, response, { cid, source, signal: disconnected.signal });
      else await sendCar(request, response, { cid, source, signal: disconnected.signal });
    } catch (error) {
      if (disconnected.signal.aborted || response.headersSent) response.destroy();
      else refuse(response, error);
    }
  });

  return router;
}

type Answer = { readonly cid: CID; readonly source: BlockSource; readonly signal: AbortSignal };

async function sendBlock(request: Request, response: Response, { cid, source, signal }: Answer): Promise<void> {
  const bytes = await source(cid, signal);
  if (bytes === undefined) throw new ProtocolError("block-missing", { cid: cid.toString() });
  setImmutable(response, cid, { mediaType: rawMediaType, extension: "bin" });
  if (request.fresh) response.status(304).end();
  else response.send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}

async function sendCar(request: Request, response: Response, { cid, source, signal }: Answer): Promise<void> {
  const chunks = exportCar(source, cid, { signal });
  const header = await chunks.next();
  setImmutable(response, cid, { mediaType: carMediaType, extension: "car" });
  if (request.fresh || request.method === "HEAD") {
    await chunks.return();
    response.status(request.fresh ? 304 : 200).end();
    return;
  }
  async function* whole() {
    if (header.done !== true) yield header.value;
    yield* chunks;
  }
  // Past the first byte an error can only be told by breaking the connection: the reader sees a
  // stream that ends short.
  await pipeline(Readable.from(whole(), { objectMode: false, highWaterMark: 1 }), response, { signal });
}

type Format = "raw" | "car";

function chosenFormat(request: Request): Format {
  const { format } = request.query;
  if (format === "raw" || format === "car") return format;
  const chosen = format === undefined ? preferred(request.get("accept") ?? "") : undefined;
  if (chosen === undefined) throw new ProtocolError("not-acceptable");
  return chosen;
}

/**
 * The format that an Accept header names and likes best. A browser's accept-all asks for a page,
 * which is never served.
 */
function preferred(accept: string): Format | undefined {
  const named = accept.split(",").map((entry) => {
    const [type = "", ...parameters] = entry.split(";").map((part) => part.trim().toLowerCase());
    const value = (name: string) => parameters.find((parameter) => parameter.startsWith(`${name}=`))?.split("=")[1];
    return { format: formatOf(type, value("version") ?? "1"), quality: Number(value("q") ?? "1") };
  });
  const wanted = named.filter(({ format, quality }) => format !== undefined && quality > 0);
  return wanted.toSorted((one, other) => other.quality - one.quality)[0]?.format;
}

function formatOf(type: string, version: string): Format | undefined {
  if (type === rawMediaType) return "raw";
  return type === carMediaName && version === "1" ? "car" : undefined;
}

function setPolicy(response: Response): void {
  response.set({
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Access-Control-Allow-Origin": "*",
    Vary: "Accept",
  });
}

function setImmutable(
  response: Response,
  cid: CID,
  { mediaType, extension }: { mediaType: string; extension: string },
): void {
  response.set({
    "Content-Type": mediaType,
    "Content-Disposition": `attachment; filename="${cid.toString()}.${extension}"`,
    "Cache-Control": `public, max-age=${year}, immutable`,
    ETag: `"${cid.toString()}.${extension}"`,
  });
}

function refuse(response: Response, error: unknown): void {
  const code = error instanceof ProtocolError ? error.code : "internal";
  const { status, title } = refusals[code] ?? { status: 500, title: "The gateway failed" };
  response
    .status(status)
    .set("Cache-Control", "no-store")
    .type("application/problem+json")
    .send(JSON.stringify({ type: "about:blank", title, status, code }));
}
