import type { Address, Hex } from "viem";
import type * as z from "zod";
import type { DealStatus } from "../core/deal/dealTable.ts";
import type { Determination } from "../core/deal/intents.ts";
import type { Panel } from "../core/deal/panel.ts";
import type { Terms } from "../core/deal/terms.ts";
import type { UnsignedIntent } from "../core/deal/unsignedIntent.ts";
import { decimalJson } from "../core/decimalJson.ts";
import { type ErrorCode, errorCodes, ProtocolError } from "../core/errors.ts";
import type { EvidenceRecord } from "../core/evidence/record.ts";
import type { anchoredView } from "../wire/evidenceSchemas.ts";
import type { RelayRequest } from "../wire/relayRequests.ts";
import { type Route, type Routes, routes } from "../wire/routes.ts";
import { type DealView, type IntentView, problemView } from "../wire/schemas.ts";
import type { Ciphertext } from "./ciphertext.ts";
import { rest } from "./rest.ts";
import { sendCounted } from "./sendCounted.ts";
import { LEAST_IN_PARTS, type UploadRoutes, uploadInParts } from "./uploadInParts.ts";

export type { EvidenceView } from "../wire/evidenceSchemas.ts";
export type { DealView, IntentView } from "../wire/schemas.ts";
export type { Ciphertext } from "./ciphertext.ts";

/** Where the relayer is, and what to ask it with. */
export type ClientOptions = Readonly<{
  /** Address of the relayer without a path, like `http://127.0.0.1:8787`. */
  url: string;
  /** Stands in for the platform's `fetch`. */
  fetch?: typeof fetch;
}>;

/** How a call waits. */
export type CallOptions = Readonly<{ signal?: AbortSignal | undefined }>;

/**
 * How a call that changes something is repeated: the same key with the same body gives the first
 * answer again, with another body `idempotency-mismatch`.
 */
export type WriteOptions = CallOptions & Readonly<{ idempotencyKey?: string | undefined }>;

/** How an upload goes on after its connection broke. */
export type UploadOptions = CallOptions &
  Readonly<{
    /** Bytes of the ciphertext (`ciphertextSize`): without it only a `Blob` can go on. */
    size?: number | undefined;
    /**
     * Id of an upload that an earlier call began, with these same bytes; where it is gone, another
     * begins.
     */
    resume?: string | undefined;
    /** Keeps the id of a new upload for `resume`; nothing is sent before it settles. */
    onBegin?: ((id: string) => Promise<void>) | undefined;
  }>;

/** Terms to be kept, and whatever belongs to them. */
export type DealToRegister = Readonly<{
  terms: Terms;
  /** The order document whose digest the terms carry, if it is to be kept here. */
  order?: Readonly<Record<string, unknown>>;
  /** EIP-712 over the terms; a deal with coverage cannot be funded without it. */
  sellerSignature?: Hex;
}>;

/**
 * How the buyer pays without gas, one of: ERC-3009 (`receiveWithAuthorization` of the deposit to
 * the escrow, nonce = deal id, valid before `fundBy`), an allowance and a signature over the terms,
 * or Permit2.
 */
export type Funding = (
  | Readonly<{ authorization: Hex }>
  | Readonly<{ buyerSignature: Hex }>
  | Readonly<{ permit: Readonly<{ nonce: string; signature: Hex }> }>
) &
  Readonly<{ sellerSignature?: Hex }>;

/** A determination with at least as many signatures as the panel's threshold. */
export type SignedDetermination = Readonly<{
  determination: Determination;
  panel: Panel;
  signatures: readonly Readonly<{ signer: Address; signature: Hex }>[];
}>;

/** A signed record; `FiledEvidence` of `fileEvidence` has all of it but `case`. */
export type EvidenceToSubmit = Readonly<{
  record: EvidenceRecord;
  submitter: Address;
  signature: Hex;
  /** Shows the relayer which deal it belongs to, so that the other party finds it. */
  case?: Readonly<{ dealId: Hex; salt: Hex }> | undefined;
}>;

type Paging = Readonly<{
  /** `next` of the page before. */
  cursor?: string;
  /** At most 100. */
  limit?: number;
}>;

/** Which deals to list. */
export type DealFilter = Paging &
  Readonly<{
    /** Buyer, seller, marketplace or attestor. */
    party?: Address;
    status?: DealStatus;
  }>;

/** Which evidence to list. */
export type EvidenceFilter = Paging &
  Readonly<{
    /** Of one party's case only. */
    caseRef?: Hex;
  }>;

/** The public half of a bundle, as `assembleBundle` takes it. */
export type AnchoredEvidence = z.output<typeof anchoredView>;

type Answer<N extends keyof Routes, S extends keyof Routes[N]["answers"]> = z.output<
  Extract<Routes[N]["answers"][S], z.ZodType>
>;

/**
 * A relayer's HTTP API as plain functions. Amounts are `bigint` in minor units, times Unix seconds.
 *
 * Every function rejects with a `ProtocolError`: the code that the relayer refused with, its label
 * and its details, `relayer-unreachable` when no answer came, `relayer-answer-invalid` when what
 * came is no answer of a relayer; and with the signal's reason once it aborts.
 */
export type Client = Readonly<{
  /** Chain, contracts, the relayer's address, limits. */
  readConfig: (options?: CallOptions) => Promise<Answer<"readConfig", 200>>;
  /**
   * Keeps terms and gives the typed data that both sides sign. Refuses with `terms-unsafe`,
   * `coverage-exceeds-bond`, `signature-invalid`.
   */
  registerDeal: (deal: DealToRegister, options?: WriteOptions) => Promise<Answer<"registerDeal", 201>>;
  /**
   * State, amounts, possible actions and what happens if nobody acts. Refuses with `deal-unknown`.
   */
  readDeal: (id: Hex, options?: CallOptions) => Promise<DealView>;
  /** A page of funded deals, those that moved last first. */
  listDeals: (filter?: DealFilter, options?: CallOptions) => Promise<Answer<"listDeals", 200>>;
  /** Has the buyer's payment submitted to the escrow. */
  fundDeal: (id: Hex, funding: Funding, options?: WriteOptions) => Promise<IntentView>;
  /** Has what a party signed submitted to the escrow. */
  submitIntent: (request: RelayRequest, options?: WriteOptions) => Promise<IntentView>;
  /**
   * What a wallet signs for an intent, and whether it would be taken now. Stores nothing. Refuses
   * with `deal-unknown`.
   */
  previewIntent: (intent: UnsignedIntent, options?: CallOptions) => Promise<Answer<"previewIntent", 200>>;
  /** How far it got. Refuses with `intent-unknown`. */
  readIntent: (id: Hex, options?: CallOptions) => Promise<IntentView>;
  /**
   * Has a determination submitted to the tribunal. Refuses with `answer-window-open` while the
   * other side can still answer.
   */
  submitDetermination: (signed: SignedDetermination, options?: WriteOptions) => Promise<IntentView>;
  /** How far a determination got, by its digest, and what the chain says of it. */
  readDetermination: (id: Hex, options?: CallOptions) => Promise<Answer<"readDetermination", 200>>;
  /** What a seller's bond holds in a token (zero address: native). */
  readBond: (seller: Address, token: Address, options?: CallOptions) => Promise<Answer<"readBond", 200>>;
  /** What an account can withdraw from the escrow in a token (zero address: native). */
  readCredit: (owner: Address, token: Address, options?: CallOptions) => Promise<Answer<"readCredit", 200>>;
  /**
   * Stores ciphertext and checks that the CID is the one of these bytes. From 4 MiB on, where the
   * size is known and the relayer can, in parts: a broken connection is tried again for about a
   * minute, from what arrived. Else in one request, of which nothing is kept when it breaks off.
   * Refuses with `evidence-empty`, `evidence-too-large`, `store-full`, `upload-interrupted`,
   * `upload-expired`, and `file-changed` for another size.
   */
  uploadCiphertext: (source: Ciphertext, options?: UploadOptions) => Promise<Answer<"uploadBlob", 201>>;
  /**
   * Files a signed record whose ciphertext was uploaded; the answer is the relayer's signed
   * promise. Refuses with `filer-not-allowed` where the operator lets only others file.
   */
  submitEvidence: (evidence: EvidenceToSubmit, options?: WriteOptions) => Promise<Answer<"submitEvidence", 202>>;
  /**
   * A filed record by its leaf, or by its digest: then the first that anybody filed under it.
   * Refuses with `evidence-unknown`.
   */
  readEvidence: (leafOrDigest: Hex, options?: CallOptions) => Promise<Answer<"readEvidence", 200>>;
  /** A page of what was filed under a deal, oldest first. */
  listEvidence: (dealId: Hex, filter?: EvidenceFilter, options?: CallOptions) => Promise<Answer<"listEvidence", 200>>;
  /**
   * Path and proofs for a bundle. Refuses with `anchor-not-found` while the batch is not settled.
   */
  readAnchored: (leafOrDigest: Hex, options?: CallOptions) => Promise<AnchoredEvidence>;
  /** What keeps the relayer from its work, if anything does. */
  readReady: (options?: CallOptions) => Promise<Answer<"readReady", 200>>;
  /**
   * Waits until an intent is in a block, or `final`. Rejects with the code that it ended with when
   * the contract reverted it or it was never sent.
   */
  waitForIntent: (id: Hex, options?: CallOptions & Readonly<{ until?: "mined" | "final" }>) => Promise<IntentView>;
  /** Waits until a deal is as wanted: its status, or whatever `isThere` looks at. */
  waitForDeal: (
    id: Hex,
    isThere: DealStatus | ((deal: DealView) => boolean),
    options?: CallOptions,
  ) => Promise<DealView>;
  /** Waits until an evidence item is anchored and proven. */
  waitForAnchor: (leafOrDigest: Hex, options?: CallOptions) => Promise<AnchoredEvidence>;
}>;

type Question = Readonly<{
  params?: Readonly<Record<string, string>>;
  query?: Readonly<Record<string, string | number | undefined>>;
  json?: unknown;
  headers?: Readonly<Record<string, string>>;
  bytes?: ReadableStream<Uint8Array> | Uint8Array;
  options?: WriteOptions | undefined;
}>;

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/**
 * Connects to a relayer; nothing is sent before the first call.
 *
 * @example const deal = await createClient({ url: "http://127.0.0.1:8787" }).readDeal(id);
 */
export function createClient({ url, fetch: ask = fetch }: ClientOptions): Client {
  const base = url.replace(/\/+$/, "");

  async function call<N extends keyof Routes, S extends keyof Routes[N]["answers"] & number>(
    name: N,
    status: S,
    question: Question = {},
  ): Promise<Answer<N, S>> {
    const route: Route = routes[name];
    const response = await send(ask, base + pathOf(route, question), { method: route.method.toUpperCase(), question });
    const value = await readJson(response, question.options?.signal);
    const schema = route.answers[response.status];
    const parsed = schema?.safeParse(value);
    if (parsed?.success && (response.status === status || response.status in route.answers)) {
      return parsed.data as Answer<N, S>;
    }
    throw toError(response, value);
  }

  const readIntent: Client["readIntent"] = (id, options) => call("readIntent", 200, { params: { id }, options });
  const readDeal: Client["readDeal"] = (id, options) => call("readDeal", 200, { params: { id }, options });
  const readAnchored: Client["readAnchored"] = (id, options) => call("readAnchored", 200, { params: { id }, options });

  const uploadCiphertext: Client["uploadCiphertext"] = async (source, options = {}) => {
    const size = source instanceof Blob ? source.size : options.size;
    if (size !== undefined && size >= LEAST_IN_PARTS) {
      const stored = await uploadInParts(source, uploadRoutes(options), { ...options, size });
      if (stored !== undefined) return stored;
    }
    return sendCounted(source, (bytes) => call("uploadBlob", 201, { bytes, options }), options.signal);
  };
  const uploadRoutes = ({ signal }: CallOptions): UploadRoutes => ({
    begin: (size) => call("openUpload", 201, { json: { size }, options: { signal } }),
    append: (id, offset, bytes) => {
      const headers = { "upload-offset": String(offset) };
      return call("appendUpload", 200, { params: { id }, headers, bytes, options: { signal } });
    },
    read: (id) => call("readUpload", 200, { params: { id }, options: { signal } }),
    abandon: (id) => call("abandonUpload", 200, { params: { id } }),
  });

  return {
    readConfig: (options) => call("readConfig", 200, { options }),
    registerDeal: (deal, options) => call("registerDeal", 201, { json: deal, options }),
    readDeal,
    listDeals: (filter, options) => call("listDeals", 200, { query: { ...filter }, options }),
    fundDeal: (id, funding, options) => call("fundDeal", 202, { params: { id }, json: funding, options }),
    submitIntent: (request, options) => call("submitIntent", 202, { json: request, options }),
    previewIntent: (intent, options) => call("previewIntent", 200, { json: intent, options }),
    readIntent,
    submitDetermination: (signed, options) => call("submitDetermination", 202, { json: signed, options }),
    readDetermination: (id, options) => call("readDetermination", 200, { params: { id }, options }),
    readBond: (seller, token, options) => call("readBond", 200, { params: { seller, token }, options }),
    readCredit: (owner, token, options) => call("readCredit", 200, { params: { owner, token }, options }),
    uploadCiphertext,
    submitEvidence: ({ record, submitter, signature, case: opened }, options) =>
      call("submitEvidence", 202, { json: { record, submitter, signature, case: opened }, options }),
    readEvidence: (id, options) => call("readEvidence", 200, { params: { id }, options }),
    listEvidence: (id, filter, options) => call("listEvidence", 200, { params: { id }, query: { ...filter }, options }),
    readAnchored,
    readReady: (options) => call("readReady", 200, { options }),
    waitForIntent: (id, options = {}) =>
      poll(options.signal, async () => {
        const intent = await readIntent(id, options);
        if (intent.state === "rejected" || intent.state === "reverted" || intent.succeeded === false) {
          throw new ProtocolError(intent.code ?? "call-reverted", { intent: id, ...intent.details });
        }
        const isThere = intent.state === "final" || (options.until !== "final" && intent.succeeded === true);
        return isThere ? intent : undefined;
      }),
    waitForDeal: (id, isThere, options = {}) =>
      poll(options.signal, async () => {
        const deal = await readDeal(id, options);
        return (typeof isThere === "string" ? deal.status === isThere : isThere(deal)) ? deal : undefined;
      }),
    waitForAnchor: (leafOrDigest, options = {}) =>
      poll(options.signal, async () => {
        try {
          return await readAnchored(leafOrDigest, options);
        } catch (error) {
          if (error instanceof ProtocolError && error.code === "anchor-not-found") return undefined;
          throw error;
        }
      }),
  };
}

function pathOf(route: Route, { params = {}, query = {} }: Question): string {
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ""));
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  const search = new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)]));
  return given.length === 0 ? path : `${path}?${search}`;
}

async function send(
  ask: typeof fetch,
  url: string,
  { method, question }: { method: string; question: Question },
): Promise<Response> {
  const { json, bytes, options = {} } = question;
  const headers: Record<string, string> = { accept: "application/json, application/problem+json", ...question.headers };
  if (json !== undefined) headers["content-type"] = "application/json";
  if (bytes !== undefined) headers["content-type"] = "application/octet-stream";
  if (options.idempotencyKey !== undefined) headers["idempotency-key"] = options.idempotencyKey;
  const body = bytes ?? (json && decimalJson(json));
  // `half`: a stream is sent while the answer is awaited; the standard wants that said. No
  // redirects and no window: else a copy of all that was sent is kept in memory, to be sent again.
  const init = {
    method,
    headers,
    duplex: "half",
    redirect: "error",
    window: null,
    signal: options.signal ?? null,
    ...(body ? { body } : {}),
  };
  try {
    return await ask(url, init as RequestInit);
  } catch (cause) {
    options.signal?.throwIfAborted();
    throw new ProtocolError("relayer-unreachable", {}, { cause });
  }
}

async function readJson(response: Response, signal: AbortSignal | undefined): Promise<unknown> {
  try {
    return await response.json();
  } catch (cause) {
    signal?.throwIfAborted();
    throw new ProtocolError("relayer-answer-invalid", { status: response.status }, { cause });
  }
}

function toError(response: Response, value: unknown): ProtocolError {
  const problem = problemView.safeParse(value);
  if (!problem.success || response.ok) throw new ProtocolError("relayer-answer-invalid", { status: response.status });
  const { code, label, details } = problem.data;
  // A newer relayer may know codes that this client does not.
  if (!(errorCodes as readonly string[]).includes(code)) {
    return new ProtocolError("relayer-answer-invalid", { status: response.status, code });
  }
  return new ProtocolError(code satisfies ErrorCode, details, label === undefined ? {} : { label });
}

async function poll<T>(signal: AbortSignal | undefined, look: () => Promise<T | undefined>): Promise<T> {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
    signal?.throwIfAborted();
    const found = await look();
    if (found !== undefined) return found;
    await rest(pause, signal);
  }
}
