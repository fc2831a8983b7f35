// Writes docs/typed-data.md: everything that is signed, with fixed examples.
import { type Hex, hashTypedData, keccak256, stringToBytes } from "viem";
import { type IntentPreview, previewIntent } from "../src/core/deal/intentPreview.ts";
import { type IntentRule, intentRules, type SignableKind } from "../src/core/deal/intentRules.ts";
import { intentDigest, intentTypedData } from "../src/core/deal/intents.ts";
import { type TypedDataJson, typedDataJson } from "../src/core/deal/typedDataJson.ts";
import { evidenceTypedData } from "../src/core/evidence/record.ts";
import { fieldMeanings } from "./fieldMeanings.ts";
import { evidenceExample, intentExamples } from "./typedDataExamples.ts";

type Field = Readonly<{ name: string; type: string }>;

/** Where a signature goes in the body of `POST /v1/intents`. */
const signatureField = (kind: SignableKind): string => {
  const { signs, signer } = intentRules[kind];
  if (signer === "both") return "`buyerSignature`, `sellerSignature`";
  if (signer === "panel") return "`signatures`";
  const byType: Readonly<Record<string, string>> = {
    Terms: "`buyerSignature`",
    ReceiveWithAuthorization: "`authorization`",
    PermitWitnessTransferFrom: "`permitSignature`",
  };
  return byType[signs] ?? "`signature`";
};

const signerText = (signer: IntentRule["signer"]): string => {
  switch (signer) {
    case "both":
      return "buyer and seller";
    case "panel":
      return "arbitrators of the panel, as many as its threshold";
    case "message.by":
      return "buyer or seller: `by` of the message";
    case "message.seller":
      return "`seller` of the message";
    case "message.owner":
      return "`owner` of the message";
    default:
      return `${signer} of the terms`;
  }
};

const deadlineText = (deadline: IntentRule["deadline"]) =>
  deadline === "deadline" ? "`deadline`" : `\`${deadline}\` of the terms`;

/** The names of the types that are signed: the primary type, then those that it refers to in the order of EIP-712. */
const namesOf = ({ types, primaryType }: TypedDataJson): string[] => {
  const referred = Object.keys(types).filter((name) => name !== primaryType && name !== "EIP712Domain");
  return [primaryType, ...referred.sort()];
};

const fieldsOf = ({ types }: TypedDataJson, name: string) => types[name] ?? [];

const typeString = (typedData: TypedDataJson): string =>
  namesOf(typedData)
    .map((name) => {
      const fields = fieldsOf(typedData, name).map((field) => `${field.type} ${field.name}`);
      return `${name}(${fields.join(",")})`;
    })
    .join("");

const fieldRow = (type: string, { name, type: solidity }: Field) => {
  const meaning = fieldMeanings[`${type}.${name}`] ?? fieldMeanings[name];
  if (meaning === undefined) throw new RangeError(`scripts/fieldMeanings.ts says nothing of ${type}.${name}`);
  return `| \`${name}\` | ${solidity} | ${meaning} |`;
};

const example = (typedData: TypedDataJson, digest: Hex): string[] => [
  "```json",
  JSON.stringify(typedData, null, 1).replaceAll(/\{\s+("name": "[^"]*"),\s+("type": "[^"]*")\s+\}/g, "{ $1, $2 }"),
  "```",
  "",
  `Digest: \`${digest}\``,
  "",
];

const typeLines = (typedData: TypedDataJson): string[] => [
  "```text",
  typeString(typedData),
  "```",
  "",
  `Type hash: \`${keccak256(stringToBytes(typeString(typedData)))}\``,
  "",
  "| field | type | meaning |",
  "|---|---|---|",
  ...namesOf(typedData).flatMap((name) => fieldsOf(typedData, name).map((field) => fieldRow(name, field))),
  "",
];

const domainText = ({ domain }: TypedDataJson) =>
  Object.entries(domain)
    .map(([name, value]) => `${name} \`${value}\``)
    .join(", ");

const intentSection = ({ kind, typedData, digest }: IntentPreview): string[] => {
  const rule: IntentRule = intentRules[kind];
  return [
    `## ${kind}`,
    "",
    "| | |",
    "|---|---|",
    `| signed by | ${signerText(rule.signer)} |`,
    `| action | ${rule.action === null ? "none: it is about a bond or a credit" : `\`${rule.action}\``} |`,
    `| submitted by | \`${rule.call}\` of the ${rule.contract} |`,
    `| refused from | ${deadlineText(rule.deadline)} |`,
    `| domain | ${domainText(typedData)} |`,
    "",
    ...typeLines(typedData),
    ...example(typedData, digest),
    ...(kind === "PostBond" ? nonceOfPostBond() : []),
  ];
};

/** `PostBond` itself is not signed: its digest is the nonce of the payment. */
const nonceOfPostBond = (): string[] => {
  const { intent, place } = intentExamples.find((one) => one.intent.kind === "PostBond")!;
  if (intent.kind !== "PostBond") return [];
  const typedData = intentTypedData(intent, place.domain);
  const json = typedDataJson(typedData);
  return [
    "The nonce is the digest of this, under the escrow's domain:",
    "",
    ...typeLines(json),
    ...example(json, intentDigest(intent, place.domain)),
  ];
};

const overviewRow = (kind: SignableKind) => {
  const { signs, signer, action, contract, call } = intentRules[kind];
  const link = `[${kind}](#${kind.toLowerCase()})`;
  return `| ${link} | \`${signs}\` | ${signerText(signer)} | ${action ?? ""} | \`${contract}.${call}\` | ${signatureField(kind)} |`;
};

/** The page, from the table of intents and the vectors. */
export const typedDataPage = (): string => {
  const previews = intentExamples.map(({ intent, place }) => previewIntent(intent, place));
  const { typedData, digest } = evidenceExample;
  const evidence = evidenceTypedData(typedData.message, {
    chainId: typedData.domain.chainId,
    registry: typedData.domain.verifyingContract,
  });
  if (hashTypedData(evidence) !== digest) throw new RangeError("the evidence record is not that of its vector");
  return [
    "# Typed data",
    "",
    "Everything that people sign is EIP-712 typed data, so any wallet and any library can make the signatures. This page has, for",
    "each kind of intent, the type, its hash, and an example with fixed values and its digest: what another implementation computes from",
    "the JSON must be this digest. Generated by `scripts/generate-typed-data.ts` from the code; do not edit.",
    "",
    "The JSON is what `eth_signTypedData_v4` takes. `POST /v1/intents/preview` gives it for your own values ([api.md](api.md)), so do",
    "`previewIntent` of the package without a relayer ([sdk.md](sdk.md)) and `holdfast deal intent KIND DEALFILE --preview`. Amounts",
    "are minor units of the token, times Unix seconds. An account of the examples is the last 20 bytes of keccak256 of its name; chain",
    "and contracts are those of a local chain.",
    "",
    "| kind | type that is signed | signed by | action | submitted by | goes into |",
    "|---|---|---|---|---|---|",
    ...previews.map(({ kind }) => overviewRow(kind)),
    "| [Evidence](#evidence) | `Evidence` | the submitter | | `POST /v1/evidence` | `signature` |",
    "",
    "The last column is the field of `POST /v1/intents`. Without a relayer the signature is an argument of the function; for types of the",
    "escrow that have a `deadline`, five bytes of it come before the signature ([consents](verbs/README.md#consents)).",
    "",
    ...previews.flatMap(intentSection),
    "## Evidence",
    "",
    "A party signs a record of a file that it files as evidence ([evidence.md](evidence.md)).",
    "",
    ...typeLines(typedDataJson(evidence)),
    ...example(typedDataJson(evidence), digest),
  ]
    .join("\n")
    .trimEnd()
    .concat("\n");
};
