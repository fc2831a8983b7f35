export { type DealStatus, dealStatuses } from "../core/deal/dealTable.ts";
export { type IntentPreview, previewIntent } from "../core/deal/intentPreview.ts";
export { intentRules, type SignableKind } from "../core/deal/intentRules.ts";
export {
  consentOf,
  type Determination,
  determinationDigest,
  determinationTypedData,
  type Extension,
  extensionDigest,
  extensionTypedData,
  type Intent,
  type IntentKind,
  type IntentMessage,
  intentDigest,
  intentTypedData,
  type PanelDomain,
} from "../core/deal/intents.ts";
export { type Panel, panelRules, seatSignatures, sortPanel } from "../core/deal/panel.ts";
export {
  dealIdOf,
  type EscrowDomain,
  escrowDomain,
  requireFundable,
  type Terms,
  type TermsJson,
  termsDigest,
  termsSchema,
  termsToJson,
  termsTypedData,
} from "../core/deal/terms.ts";
export { type PackedTerms, packTerms } from "../core/deal/termsCodec.ts";
export {
  type Authorization,
  authorizationTypedData,
  fundingAuthorization,
  fundingPermit2,
  permit2Address,
  type TokenDomain,
} from "../core/deal/tokenTypedData.ts";
export { type TypedDataJson, typedDataJson } from "../core/deal/typedDataJson.ts";
export { unpackTerms } from "../core/deal/unpackTerms.ts";
export { type UnsignedIntent, unsignedTypedData } from "../core/deal/unsignedIntent.ts";
export { type ErrorCode, type ErrorDetails, errorCodes, ProtocolError } from "../core/errors.ts";
export { discloseOnly, type EvidenceBundle, parseBundle, serializeBundle } from "../core/evidence/bundle.ts";
export { type CreateSealer, decryptFile, encryptFile } from "../core/evidence/cipher.ts";
export { type CreateDigester, createDigester, type FileDigests } from "../core/evidence/digest.ts";
export type { MerklePath } from "../core/evidence/merkle.ts";
export type { AnchorProof } from "../core/evidence/receiptProof.ts";
export {
  type EvidenceDomain,
  type EvidenceKind,
  type EvidenceRecord,
  evidenceDigest,
  evidenceTypedData,
  type MetaField,
  metaFields,
} from "../core/evidence/record.ts";
export type { Verdict } from "../core/evidence/verify/conclude.ts";
export type { VerifyOptions } from "../core/evidence/verify/options.ts";
export { type Verification, verifyBundle } from "../core/evidence/verify/verifyBundle.ts";
export { messageOf, titleOf } from "../core/text/errors.ts";
export { type Language, languages } from "../core/text/language.ts";
export { type RelayRequest, signedRequest } from "../wire/relayRequests.ts";
export {
  type AnchoredEvidence,
  type CallOptions,
  type Ciphertext,
  type Client,
  type ClientOptions,
  createClient,
  type DealFilter,
  type DealToRegister,
  type DealView,
  type EvidenceFilter,
  type EvidenceToSubmit,
  type EvidenceView,
  type Funding,
  type IntentView,
  type SignedDetermination,
  type UploadOptions,
  type WriteOptions,
} from "./client.ts";
export { unwrapContentKey, wrapContentKey } from "./contentKey.ts";
export {
  type Anchored,
  assembleBundle,
  type EvidenceToFile,
  type FiledEvidence,
  type Filing,
  fileEvidence,
} from "./evidence.ts";
export {
  type AnchoredFile,
  type BlockSeen,
  blocksOf,
  type FileAndAnchorOptions,
  type FileToAnchor,
  type FilingJournal,
  type FilingProgress,
  type FilingSetup,
  fileAndAnchor,
} from "./fileAndAnchor.ts";
export type { PendingUpload } from "./pendingUpload.ts";
