/**
 * What is wrong with one field of what was given: a clause. The API and the command line use them.
 */
export const fieldProblems = {
  "address-malformed": "an address: 0x and 40 hex digits",
  "arbitrator-repeated": "one of them is named twice",
  "arbitrator-zero": "nobody signs as the zero address",
  "bytes-malformed": "bytes: 0x and hex digits in pairs",
  "bytes32-malformed": "32 bytes: 0x and 64 hex digits",
  "cursor-foreign": "not one of this listing",
  "deal-version-unknown": "a deal file of another version; `holdfast deal terms` writes it anew",
  "decision-version-unknown": "neither a determination nor an extension of this version",
  "document-unstorable": "text without NUL, in whole characters, at most 64 levels deep",
  "field-unknown": "unknown field",
  "idempotency-key-malformed": "1 to 255 printable characters",
  "number-above-uint256": "at most 2^256 - 1",
  "number-above-uint96": "at most 2^96 - 1",
  "number-malformed": "a whole number as a decimal string",
  "order-malformed": "the path or the SHA-256 of a document, or an object",
  "payment-ambiguous": "exactly one of authorization, buyerSignature, permit",
  "threshold-above-arbitrators": "there are only {arbitrators} arbitrators",
  "time-to-decide-short": "it leaves no hour to decide in after the answer window",
  "token-malformed": '"native", or an object with address, symbol and decimals',
  "units-malformed": "minor units as a decimal string",
  "url-malformed": "not percent-encoded",
  "value-unexpected": "{reason}",
} as const;
