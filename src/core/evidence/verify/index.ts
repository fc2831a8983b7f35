export { type ErrorCode, type ErrorDetails, ProtocolError } from "../../errors.ts";
export { type Language, languages } from "../../text/language.ts";
export { evidenceReport, type ReportContext } from "../../text/report.ts";
export { bundleFormat, type EvidenceBundle, maxBundleBytes, parseBundle } from "../bundle.ts";
export { type CreateDigester, createDigester, type Digester, digestFile, type FileDigests } from "../digest.ts";
export {
  type HeadersFile,
  headersFormat,
  maxHeadersBytes,
  parseHeadersFile,
  serializeHeadersFile,
} from "../headersFile.ts";
export type { EvidenceDomain } from "../record.ts";
export { readPemOrDer } from "../timestamp/pem.ts";
export type { TimestampChainProblem, TimestampChainVerdict } from "../timestamp/verifyChain.ts";
export type { BlockSource, Check, CheckId, NotChecked } from "./check.ts";
export { isFileAltered, type Verdict } from "./conclude.ts";
export { clockTolerance, type NamedHeaders, type TrustedBlock, type VerifyOptions } from "./options.ts";
export type { Promised } from "./promise.ts";
export { type LaterRecord, type RecordStatus, recordStatuses } from "./recordStatus.ts";
export type { KnownDeal, Subject } from "./subject.ts";
export type { EvidenceTime, StatedTime } from "./time.ts";
export { type Verification, verifyBundle } from "./verifyBundle.ts";
