export { type DealRole, dealRoleOf, dealRoles } from "./deal/dealRole.ts";
export {
  actorOf,
  clockOf,
  type DeadlineAction,
  type DealAction,
  type DealActor,
  type DealClock,
  type DealPlace,
  type DealRule,
  type DealStage,
  type DealState,
  type DealStatus,
  type DealTransition,
  deadlineActions,
  dealPlaces,
  dealStatuses,
  dealTable,
  disputableUntil,
  nextDeadline,
  placeOf,
  refusalOf,
  type SeenState,
  seenIn,
  stageOf,
  statusNumber,
  undisputed,
} from "./deal/dealTable.ts";
export {
  dealOfIntent,
  type IntendedSigner,
  type IntentFacts,
  intentFacts,
  type StatedIntent,
} from "./deal/intentFacts.ts";
export { type IntentPreview, previewIntent } from "./deal/intentPreview.ts";
export {
  argumentsOf,
  type CallArguments,
  type CallInput,
  type IntentRule,
  type IntentSigner,
  intentRules,
  type SignableKind,
} from "./deal/intentRules.ts";
export {
  allTypes,
  consentOf,
  type Determination,
  dealWitnessTypes,
  determinationDigest,
  determinationSchema,
  determinationTypedData,
  determinationTypes,
  type Extension,
  extensionDigest,
  extensionSchema,
  extensionTypedData,
  extensionTypes,
  type Intent,
  type IntentKind,
  type IntentMessage,
  intentDigest,
  intentSchemas,
  intentTypedData,
  intentTypes,
  type PanelDomain,
  receiveWithAuthorizationTypes,
} from "./deal/intents.ts";
export {
  MAX_ARBITRATORS,
  MIN_PANEL_WINDOW,
  type Panel,
  panelRefusal,
  panelRules,
  panelSchema,
  type Seat,
  type SeatedSignatures,
  type SignerAndSignature,
  seatSignatures,
  sortPanel,
} from "./deal/panel.ts";
export {
  type DealCall,
  type DealStep,
  earnestOwed,
  feeOf,
  fundedState,
  type Moment,
  type Payout,
  type SilentStep,
  type Split,
  silenceSplit,
  silentCourse,
  stepOf,
} from "./deal/payouts.ts";
export {
  dealIdOf,
  type EscrowDomain,
  escrowDomain,
  MAX_BACKSTOP,
  MAX_COVERED_EXPOSURE,
  MAX_EXPOSURE,
  MIN_WINDOW,
  requireFundable,
  type Terms,
  type TermsJson,
  termsDigest,
  termsSchema,
  termsToJson,
  termsTypedData,
  termsTypes,
} from "./deal/terms.ts";
export { type PackedTerms, packTerms } from "./deal/termsCodec.ts";
export {
  type Authorization,
  authorizationTypedData,
  fundingAuthorization,
  fundingPermit2,
  permit2Address,
  type TokenDomain,
} from "./deal/tokenTypedData.ts";
export { type TypedData, type TypedDataJson, typedDataJson } from "./deal/typedDataJson.ts";
export { unpackTerms } from "./deal/unpackTerms.ts";
export { type IntentPlace, type UnsignedIntent, unsignedTypedData } from "./deal/unsignedIntent.ts";
export { type ErrorCode, type ErrorDetails, errorCodes, ProtocolError } from "./errors.ts";
export {
  type FilingReceipt,
  filingReceiptDigest,
  filingReceiptSchema,
  filingReceiptTypedData,
  filingReceiptTypes,
} from "./evidence/anchorPromise.ts";
export {
  bundleBytesTarget,
  bundleFormat,
  bundleFormats,
  discloseOnly,
  type EvidenceBundle,
  maxBundleBytes,
  parseBundle,
  serializeBundle,
} from "./evidence/bundle.ts";
export {
  type CipherOptions,
  type CreateSealer,
  chunkTagBytes,
  cipherSaltBytes,
  ciphertextSize,
  contentKeyBytes,
  decryptFile,
  type EncryptOptions,
  encryptFile,
  type SealChunks,
} from "./evidence/cipher.ts";
export {
  type CustodyEntry,
  type CustodyStep,
  custodyActions,
  custodyDigests,
  custodyEntrySchema,
  custodyTypedData,
  custodyTypes,
} from "./evidence/custody.ts";
export {
  type ConcurrentDigester,
  type CreateDigester,
  createDigester,
  type Digester,
  digestFile,
  type FileDigests,
} from "./evidence/digest.ts";
export {
  type HeadersFile,
  headersFormat,
  maxHeadersBytes,
  parseHeadersFile,
  serializeHeadersFile,
} from "./evidence/headersFile.ts";
export { buildTree, type MerklePath, type MerkleTree, pathOf, rootFromPath, rootOf } from "./evidence/merkle.ts";
export {
  type AnchoredLog,
  type AnchorProof,
  anchoredTopic,
  type Header,
  logsOfReceipt,
  parseHeader,
  type ReceiptLog,
  readAnchored,
  receiptFromProof,
} from "./evidence/receiptProof.ts";
export {
  type CommitmentOwner,
  carriesFile,
  caseRefOf,
  type EvidenceDomain,
  type EvidenceKind,
  type EvidenceRecord,
  evidenceDigest,
  evidenceDomainOf,
  evidenceEncoding,
  evidenceKinds,
  evidenceLeaf,
  evidenceRecordSchema,
  evidenceTypedData,
  evidenceTypes,
  fileCommitmentOf,
  type MetaField,
  metaFields,
  metaLeafOf,
  metaRootOf,
  metaValueSchema,
  metaValueSchemaOf,
  parseEvidenceRecord,
  saltBytes,
  saltSchema,
  strictAddress,
  strictBytes32,
  textSchema,
} from "./evidence/record.ts";
export { readPemOrDer } from "./evidence/timestamp/pem.ts";
export {
  type TimestampChainOptions,
  type TimestampChainProblem,
  type TimestampChainVerdict,
  verifyTimestampChain,
} from "./evidence/timestamp/verifyChain.ts";
export {
  type TimestampFacts,
  type TimestampOptions,
  type TimestampProblem,
  type TimestampVerdict,
  timestampedBytes,
  verifyTimestamp,
} from "./evidence/timestamp/verifyTimestamp.ts";
export type { BlockSource, Check, CheckId, NotChecked } from "./evidence/verify/check.ts";
export { isFileAltered, type Verdict } from "./evidence/verify/conclude.ts";
export { clockTolerance, type NamedHeaders, type TrustedBlock, type VerifyOptions } from "./evidence/verify/options.ts";
export type { Promised } from "./evidence/verify/promise.ts";
export type { KnownDeal, Subject } from "./evidence/verify/subject.ts";
export { type EvidenceTime, type StatedTime, timeChecks } from "./evidence/verify/time.ts";
export { type Verification, verifyBundle } from "./evidence/verify/verifyBundle.ts";
export {
  address,
  amount,
  basisPoints,
  bytes32,
  hexBytes,
  seconds,
  shortSeconds,
  signature,
  uint256Text,
} from "./fields.ts";
export { recoverSigner } from "./recoverSigner.ts";
export { errorMessages, messageOf, titleOf } from "./text/errors.ts";
export { escapeInvisible } from "./text/escapeInvisible.ts";
export { type Language, languages } from "./text/language.ts";
export { publicLabelOf } from "./text/publicLabels.ts";
export { evidenceReport, type Report, type ReportContext, reportOf, reportText } from "./text/report.ts";
export {
  meaningOf,
  type ReportFact,
  type ReportRow,
  type ReportSection,
  type ReportText,
} from "./text/reportContent.ts";
export {
  type FileVerdict,
  sentencesAbout,
  type VerdictCode,
  type VerdictSentence,
  verdictSentences,
} from "./text/verdict.ts";
