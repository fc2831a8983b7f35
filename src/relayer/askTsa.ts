import { randomBytes } from "node:crypto";
import { bytesToBigInt, type Hex } from "viem";
import { ProtocolError } from "../core/errors.ts";
import { readTimestampResponse, timestampRequest } from "../core/evidence/timestamp/exchange.ts";
import { maxTokenBytes } from "../core/evidence/timestamp/limits.ts";
import { type TimestampProblem, verifyTimestamp } from "../core/evidence/timestamp/verifyTimestamp.ts";

/** Why an authority gave no token that can be kept. */
export type TsaProblem =
  | TimestampProblem
  | "tsa-unreachable"
  | "tsa-silent"
  | "tsa-http-status"
  | "tsa-media-type"
  | "tsa-answer-too-large"
  | "tsa-answer-malformed"
  | "tsa-refused";

/** A token over the root with the nonce of the request; whether to trust it is its reader's. */
export type TsaAnswer =
  | Readonly<{ token: Uint8Array; time: number; certificateExpires: number }>
  | Readonly<{ problem: TsaProblem }>;

/** How an authority is asked. */
export type TsaOptions = Readonly<{
  signal: AbortSignal;
  /** The token that is to be renewed. */
  renews?: Uint8Array;
  /** Until the whole answer is there. */
  timeoutMs?: number;
}>;

const TIMEOUT_MS = 15_000;
/** A token with a status around it, and room for what an authority writes into the status. */
const MAX_ANSWER_BYTES = maxTokenBytes + 4 * 1024;
const NONCE_BYTES = 8;
const QUERY = "application/timestamp-query";
const REPLY = "application/timestamp-reply";

/**
 * Asks a time-stamping authority for a token over a batch root (RFC 3161, 3.4: HTTP) and keeps it
 * only if its signature is good, and root and nonce are those of the request. Gives a problem for
 * whatever the authority does; redirects are not followed.
 * @throws the reason of `signal`
 */
export async function askTsa(url: string, root: Hex, options: TsaOptions): Promise<TsaAnswer> {
  const { signal, renews, timeoutMs = TIMEOUT_MS } = options;
  const asked = { nonce: bytesToBigInt(randomBytes(NONCE_BYTES)), ...(renews === undefined ? {} : { renews }) };
  const body = await post(url, timestampRequest(root, asked), { signal, timeoutMs });
  if (!(body instanceof Uint8Array)) return body;
  const answer = readAnswer(body);
  if (!(answer instanceof Uint8Array)) return answer;
  const verdict = await verifyTimestamp(answer, root, { roots: [], ...asked });
  if (verdict.status === "invalid") return { problem: verdict.problem };
  const time = verdict.status === "untrusted" ? verdict.statedTime : verdict.time;
  return { token: answer, time, certificateExpires: verdict.certificateExpires };
}

type Refusal = Readonly<{ problem: TsaProblem }>;

function readAnswer(body: Uint8Array): Uint8Array | Refusal {
  try {
    const answer = readTimestampResponse(body);
    return answer.status === "granted" ? answer.token : { problem: "tsa-refused" };
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return { problem: "tsa-answer-malformed" };
  }
}

async function post(
  url: string,
  request: Uint8Array,
  { signal, timeoutMs }: { signal: AbortSignal; timeoutMs: number },
): Promise<Uint8Array | Refusal> {
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": QUERY, accept: REPLY },
      body: request.slice(),
      redirect: "error",
      signal: AbortSignal.any([signal, timeout]),
    });
    const mediaType = response.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
    if (response.status !== 200 || mediaType !== REPLY) {
      await response.body?.cancel();
      return { problem: response.status === 200 ? "tsa-media-type" : "tsa-http-status" };
    }
    return await readLimited(response);
  } catch {
    signal.throwIfAborted();
    return { problem: timeout.aborted ? "tsa-silent" : "tsa-unreachable" };
  }
}

async function readLimited({ body }: Response): Promise<Uint8Array | Refusal> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    // Leaving the loop cancels the rest.
    if (size > MAX_ANSWER_BYTES) return { problem: "tsa-answer-too-large" };
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
