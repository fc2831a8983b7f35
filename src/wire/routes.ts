import * as z from "zod";
import { type ErrorCode, errorCodes } from "../core/errors.ts";
import { address, bytes32 } from "../core/fields.ts";
import {
  anchoredView,
  evidencePage,
  evidenceQuery,
  evidenceSubmission,
  evidenceView,
  receiptView,
  storedBlob,
} from "./evidenceSchemas.ts";
import { intentPreview, unsignedIntent } from "./intentPreview.ts";
import {
  bondView,
  configView,
  creditView,
  dealFunding,
  dealPage,
  dealQuery,
  dealRegistration,
  dealView,
  determinationSubmission,
  determinationView,
  errorView,
  healthView,
  intentView,
  readyView,
  registeredDeal,
  relayRequest,
} from "./schemas.ts";
import { uploadId, uploadOffset, uploadOpening, uploadView } from "./uploadSchemas.ts";

/**
 * One route: what the server checks, what the client expects, and what the OpenAPI document says
 * about it.
 */
export type Route = Readonly<{
  method: "get" | "post" | "patch" | "delete";
  /** With parameters in braces, as OpenAPI writes them. */
  path: string;
  summary: string;
  params?: z.ZodObject;
  query?: z.ZodObject;
  /** Headers in lower case, beside those that any route reads. */
  headers?: z.ZodObject;
  /** JSON of this shape, or bytes of any kind. */
  body?: z.ZodType | "bytes";
  /** Takes an `Idempotency-Key`. */
  keyed?: true;
  answers: Readonly<Record<number, z.ZodType>>;
  /** Codes that this route refuses with, beside those that any may. */
  refusals: readonly ErrorCode[];
}>;

const byId = z.strictObject({ id: bytes32 });
const byUploadId = z.strictObject({ id: uploadId });

/** What may keep a route from the chain. */
const chainRefusals = ["chain-mismatch", "rpc-refused", "rpc-unreachable"] as const satisfies ErrorCode[];

const relayRefusals = [
  "action-refused",
  "amounts-do-not-sum",
  "balance-differs",
  "call-reverted",
  "coverage-exceeds-bond",
  "deal-unknown",
  "idempotency-mismatch",
  "intent-expired",
  "native-not-relayed",
  ...chainRefusals,
  "signature-invalid",
  "terms-unsafe",
] as const satisfies ErrorCode[];

/** Codes that any route may refuse with. */
export const anyRefusals = [
  "database-refused",
  "database-unreachable",
  "input-invalid",
  "internal",
  "rate-limited",
] as const satisfies ErrorCode[];

/** Codes that any route with a JSON body may refuse with. */
export const bodyRefusals = [
  "json-malformed",
  "media-type-unsupported",
  "request-too-large",
] as const satisfies ErrorCode[];

/** Every route of version 1. */
export const routes = {
  readConfig: {
    method: "get",
    path: "/v1/config",
    summary: "Chain, contracts and limits of this relayer",
    answers: { 200: configView },
    refusals: [],
  },
  registerDeal: {
    method: "post",
    path: "/v1/deals",
    summary: "Check terms, keep them, and get what buyer and seller sign",
    body: dealRegistration,
    keyed: true,
    answers: { 201: registeredDeal },
    refusals: ["coverage-exceeds-bond", "idempotency-mismatch", ...chainRefusals, "signature-invalid", "terms-unsafe"],
  },
  listDeals: {
    method: "get",
    path: "/v1/deals",
    summary: "Funded deals, those that moved last first",
    query: dealQuery,
    answers: { 200: dealPage },
    refusals: [],
  },
  readDeal: {
    method: "get",
    path: "/v1/deals/{id}",
    summary: "State, amounts, who can do what, and what happens if nobody acts",
    params: byId,
    answers: { 200: dealView },
    refusals: ["deal-unknown"],
  },
  fundDeal: {
    method: "post",
    path: "/v1/deals/{id}/funding",
    summary: "Submit the buyer's payment to the escrow without the buyer's gas",
    params: byId,
    body: dealFunding,
    keyed: true,
    answers: { 202: intentView },
    refusals: relayRefusals,
  },
  listEvidence: {
    method: "get",
    path: "/v1/deals/{id}/evidence",
    summary: "Evidence that was filed under a deal, in the order in which it came",
    params: byId,
    query: evidenceQuery,
    answers: { 200: evidencePage },
    refusals: [],
  },
  submitIntent: {
    method: "post",
    path: "/v1/intents",
    summary: "Submit what a party signed to the escrow",
    body: relayRequest,
    keyed: true,
    answers: { 202: intentView },
    refusals: [
      ...relayRefusals,
      "answer-window-open",
      "panel-mismatch",
      "signature-count-wrong",
      "signer-not-on-panel",
    ],
  },
  previewIntent: {
    method: "post",
    path: "/v1/intents/preview",
    summary: "What a wallet signs for an intent, who must sign, and whether it would be taken now; stores nothing",
    body: unsignedIntent,
    answers: { 200: intentPreview },
    refusals: ["deal-unknown", "panel-mismatch", "signature-invalid", ...chainRefusals],
  },
  readIntent: {
    method: "get",
    path: "/v1/intents/{id}",
    summary: "How far it got",
    params: byId,
    answers: { 200: intentView },
    refusals: ["intent-unknown"],
  },
  submitDetermination: {
    method: "post",
    path: "/v1/determinations",
    summary: "Submit what enough arbitrators signed to the tribunal",
    body: determinationSubmission,
    keyed: true,
    answers: { 202: intentView },
    refusals: [
      ...relayRefusals,
      "answer-window-open",
      "panel-mismatch",
      "signature-count-wrong",
      "signer-not-on-panel",
    ],
  },
  readDetermination: {
    method: "get",
    path: "/v1/determinations/{id}",
    summary: "How far a determination got, and what the chain says about it",
    params: byId,
    answers: { 200: determinationView },
    refusals: ["intent-unknown"],
  },
  readBond: {
    method: "get",
    path: "/v1/bonds/{seller}/{token}",
    summary: "What a seller's bond holds and what of it is promised",
    params: z.strictObject({ seller: address, token: address }),
    answers: { 200: bondView },
    refusals: [],
  },
  readCredit: {
    method: "get",
    path: "/v1/credits/{owner}/{token}",
    summary: "What an account can withdraw from the escrow: fees, and payments that a token refused",
    params: z.strictObject({ owner: address, token: address }),
    answers: { 200: creditView },
    refusals: [],
  },
  uploadBlob: {
    method: "post",
    path: "/v1/blobs",
    summary: "Store ciphertext in IPFS; whoever sends it has encrypted it",
    body: "bytes",
    answers: { 201: storedBlob },
    refusals: [
      "evidence-empty",
      "evidence-too-large",
      "file-name-unsafe",
      "media-type-unsupported",
      "store-full",
      "store-unreachable",
      "upload-interrupted",
    ],
  },
  openUpload: {
    method: "post",
    path: "/v1/uploads",
    summary: "Begin an upload of ciphertext that goes on after its connection broke",
    body: uploadOpening,
    answers: { 201: uploadView },
    refusals: ["data-dir-unusable", "evidence-empty", "evidence-too-large", "store-full"],
  },
  appendUpload: {
    method: "patch",
    path: "/v1/uploads/{id}",
    summary: "Append what comes next of an upload; with the last byte the file is stored",
    params: byUploadId,
    headers: uploadOffset,
    body: "bytes",
    answers: { 200: uploadView },
    refusals: [
      "data-dir-unusable",
      "evidence-too-large",
      "media-type-unsupported",
      "store-full",
      "store-unreachable",
      "upload-expired",
      "upload-interrupted",
      "upload-offset-mismatch",
      "upload-unknown",
    ],
  },
  readUpload: {
    method: "get",
    path: "/v1/uploads/{id}",
    summary: "How much of an upload is kept, until when, and the stored file; ends a part that is on its way",
    params: byUploadId,
    answers: { 200: uploadView },
    refusals: ["data-dir-unusable", "store-full", "store-unreachable", "upload-expired", "upload-unknown"],
  },
  abandonUpload: {
    method: "delete",
    path: "/v1/uploads/{id}",
    summary: "Forget an upload and the bytes that came of it; a file that is stored stays",
    params: byUploadId,
    answers: { 200: byUploadId },
    refusals: ["data-dir-unusable", "upload-expired", "upload-unknown"],
  },
  submitEvidence: {
    method: "post",
    path: "/v1/evidence",
    summary: "File a signed record; the answer is a signed promise to anchor it",
    body: evidenceSubmission,
    keyed: true,
    answers: { 202: receiptView },
    refusals: [
      "beacon-unknown",
      "case-mismatch",
      "cid-unsupported",
      "contract-missing",
      "evidence-not-stored",
      "evidence-record-invalid",
      "filer-not-allowed",
      "idempotency-mismatch",
      "intent-expired",
      ...chainRefusals,
      "signature-invalid",
      "store-unreachable",
    ],
  },
  readEvidence: {
    method: "get",
    path: "/v1/evidence/{id}",
    summary: "A filed record by its leaf or digest, and whether it is anchored",
    params: byId,
    answers: { 200: evidenceView },
    refusals: ["evidence-unknown"],
  },
  readAnchored: {
    method: "get",
    path: "/v1/evidence/{id}/bundle",
    summary: "The public half of an evidence bundle: path, anchor, header, receipt proof",
    params: byId,
    answers: { 200: anchoredView },
    refusals: ["anchor-not-found", "evidence-unknown", ...chainRefusals],
  },
  readError: {
    method: "get",
    path: "/v1/errors/{code}",
    summary: "What an error code means, in English and Chinese",
    params: z.strictObject({ code: z.enum(errorCodes) }),
    answers: { 200: errorView },
    refusals: [],
  },
  readHealth: {
    method: "get",
    path: "/health",
    summary: "The process is alive",
    answers: { 200: healthView },
    refusals: [],
  },
  readReady: {
    method: "get",
    path: "/ready",
    summary: "The relayer can do its work; 503 says what keeps it",
    answers: { 200: readyView, 503: readyView },
    refusals: [],
  },
} as const satisfies Record<string, Route>;

/** The table of routes, as a type. */
export type Routes = typeof routes;
/** Name of a route: its `operationId` in the OpenAPI document. */
export type RouteName = keyof Routes;

type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined;

/** What a handler gets, parsed. */
export type InputOf<R extends Route> = Readonly<{
  params: Parsed<R["params"]>;
  query: Parsed<R["query"]>;
  headers: Parsed<R["headers"]>;
  body: Parsed<R["body"]>;
}>;

/** What a handler gives: JSON as the schema of one of its answers reads it. */
export type AnswerOf<R extends Route> = {
  [S in keyof R["answers"] & number]: Readonly<{ status: S; body: z.input<R["answers"][S]> }>;
}[keyof R["answers"] & number];
