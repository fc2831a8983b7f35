import * as asn1js from "asn1js";
import { type Hex, numberToBytes, sha256 } from "viem";
import { fieldsOf, malformed, numberOf, readDer, tags } from "./der.ts";
import { timestampedBytes } from "./verifyTimestamp.ts";

const SHA_256 = "2.16.840.1.101.3.4.2.1";

/** What a request asks beside the root. */
export type TimestampRequestOptions = Readonly<{
  /** At least 64 random bits, which the token must repeat. */
  nonce: bigint;
  /** The token that is to be renewed. */
  renews?: Uint8Array;
}>;

/**
 * Encodes a TimeStampReq (RFC 3161, 2.4.1) for a batch root: imprint, nonce, and the wish for the
 * authority's certificate in the token.
 */
export function timestampRequest(root: Hex, { nonce, renews }: TimestampRequestOptions): Uint8Array {
  const imprint = sha256(timestampedBytes(root, renews), "bytes");
  // A leading zero byte says that the number is not negative; DER has it only where it is needed.
  const digits = numberToBytes(nonce);
  const valueHex = (digits[0] ?? 0) >= 0x80 ? Uint8Array.of(0, ...digits) : digits;
  const request = new asn1js.Sequence({
    value: [
      new asn1js.Integer({ value: 1 }),
      new asn1js.Sequence({
        value: [
          new asn1js.Sequence({ value: [new asn1js.ObjectIdentifier({ value: SHA_256 }), new asn1js.Null()] }),
          new asn1js.OctetString({ valueHex: imprint }),
        ],
      }),
      new asn1js.Integer({ valueHex }),
      new asn1js.Boolean({ value: true }),
    ],
  });
  return new Uint8Array(request.toBER());
}

/** What an authority answered: a token, not yet checked, or the number of its status (2.4.2). */
export type TimestampAnswer = Readonly<
  { status: "granted"; token: Uint8Array; isModified: boolean } | { status: "refused"; pkiStatus: number }
>;

const GRANTED_WITH_MODS = 1n;

/**
 * Reads a TimeStampResp.
 * @throws ProtocolError `timestamp-data-malformed`
 */
export function readTimestampResponse(bytes: Uint8Array): TimestampAnswer {
  const fields = fieldsOf(readDer(bytes));
  const info = fieldsOf(fields.take(tags.sequence));
  const status = numberOf(info.take(tags.integer));
  info.takeIf(tags.sequence);
  info.takeIf(tags.bitString);
  info.end();
  const token = fields.takeIf(tags.sequence);
  fields.end();
  if (status > 5n || status <= GRANTED_WITH_MODS !== (token !== undefined)) throw malformed();
  if (token === undefined) return { status: "refused", pkiStatus: Number(status) };
  return { status: "granted", token: token.raw, isModified: status === GRANTED_WITH_MODS };
}
