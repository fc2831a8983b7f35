import * as asn1js from "asn1js";
import { ProtocolError } from "../../errors.ts";

/** One value of a DER encoding (X.690), with its bytes as they stand. */
export type DerValue = Readonly<{
  /** The identifier octet: class, constructed or not, and number. */
  tag: number;
  /** Header and content. */
  raw: Uint8Array;
  content: Uint8Array;
  /** What a constructed value holds; empty for the others. */
  items: readonly DerValue[];
}>;

/** Identifier octets that time stamps, certificates and revocation lists use. */
export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Enough for a large revocation list, and for what nests deepest. */
const limits = { maxDepth: 32, maxNodes: 1_000_000, maxContentLength: 64 * 1024 * 1024, parseEmbedded: false };

/**
 * Reads one value of DER that fills the bytes: definite and shortest lengths, shortest numbers, no
 * string in parts, nothing after it. The order within a SET OF is left to the signature over it.
 * @throws ProtocolError `timestamp-data-malformed`
 */
export function readDer(bytes: Uint8Array): DerValue {
  const { offset, result } = parse(bytes);
  if (offset !== bytes.length || result.error !== "") throw malformed();
  return strict(result);
}

function parse(bytes: Uint8Array): asn1js.FromBerResult {
  try {
    return asn1js.fromBER(bytes, limits);
  } catch (cause) {
    // Thrown, instead of given back, for a time whose digits are none.
    throw malformed(cause);
  }
}

/** The error for bytes that are not what they should be. */
export function malformed(cause?: unknown): ProtocolError {
  return new ProtocolError("timestamp-data-malformed", {}, { cause });
}

/** What a reader gives; `undefined` where the bytes are not what it reads. */
export function unlessMalformed<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof ProtocolError && error.code === "timestamp-data-malformed") return undefined;
    throw error;
  }
}

/** A reader that takes the fields of a constructed value one after the other. */
export type Fields = Readonly<{
  take: (tag: number) => DerValue;
  takeAny: () => DerValue;
  /** The next field if it has this tag. */
  takeIf: (tag: number) => DerValue | undefined;
  /** Refuses a field that nobody took. */
  end: () => void;
}>;

/**
 * Reads the fields of a value with this tag in their order.
 * @throws ProtocolError `timestamp-data-malformed` for another tag, also from the reader's methods
 */
export function fieldsOf(value: DerValue, tag: number = tags.sequence): Fields {
  if (value.tag !== tag) throw malformed();
  let at = 0;
  const takeIf = (wanted: number) => (value.items[at]?.tag === wanted ? value.items[at++] : undefined);
  return {
    takeIf,
    take: (wanted) => {
      const item = takeIf(wanted);
      if (item === undefined) throw malformed();
      return item;
    },
    takeAny: () => {
      const item = value.items[at++];
      if (item === undefined) throw malformed();
      return item;
    },
    end: () => {
      if (at !== value.items.length) throw malformed();
    },
  };
}

/** What stands alone in a value with this tag, as in an explicit tag or a set of one. */
export function onlyItem(value: DerValue, tag: number): DerValue {
  const [item, second] = value.items;
  if (value.tag !== tag || item === undefined || second !== undefined) throw malformed();
  return item;
}

/** An object identifier in its dotted form. */
export function oidOf(value: DerValue): string {
  if (value.tag !== tags.oid) throw malformed();
  const { result } = asn1js.fromBER(value.raw);
  if (!(result instanceof asn1js.ObjectIdentifier)) throw malformed();
  return result.valueBlock.toString();
}

/** A whole number that is not negative. */
export function numberOf(value: DerValue): bigint {
  const first = value.content[0];
  if (first === undefined || first >= 0x80) throw malformed();
  return bigEndian(value.content);
}

/** A boolean; `undefined`, where it is left out, is `false`. */
export function booleanOf(value: DerValue | undefined): boolean {
  return value !== undefined && value.content[0] === 0xff;
}

/** The bytes of a bit string that ends at a byte. */
export function wholeBytesOf(value: DerValue): Uint8Array {
  if (value.tag !== tags.bitString || value.content[0] !== 0) throw malformed();
  return value.content.subarray(1);
}

/** Whether two byte strings are equal. */
export function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

/** The number that bytes spell, most significant first. */
export function bigEndian(bytes: Uint8Array): bigint {
  return bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
}

function strict(block: asn1js.BaseBlock): DerValue {
  const raw = block.valueBeforeDecodeView;
  const tag = raw[0];
  if (tag === undefined || (tag & 0x1f) === 0x1f || block.lenBlock.isIndefiniteForm) throw malformed();
  const { length } = block.lenBlock;
  const header = 2 + (length < 0x80 ? 0 : Math.ceil(length.toString(16).length / 2));
  if (raw.length !== header + length) throw malformed();
  const content = raw.subarray(header);
  if (!isShortest(tag, content)) throw malformed();
  const items = (tag & 0x20) === 0 ? [] : childrenOf(block).map(strict);
  if ((tag & 0x20) !== 0 && items.reduce((sum, item) => sum + item.raw.length, 0) !== length) throw malformed();
  return { tag, raw, content, items };
}

function childrenOf(block: asn1js.BaseBlock): readonly asn1js.BaseBlock[] {
  const { valueBlock } = block;
  if (!(valueBlock instanceof asn1js.ValueBlock) || !("value" in valueBlock)) return [];
  const { value } = valueBlock;
  return Array.isArray(value) ? value.filter((item) => item instanceof asn1js.BaseBlock) : [];
}

/** What DER says beyond BER about universal values; the others only have their length. */
function isShortest(tag: number, content: Uint8Array): boolean {
  const [first, second = 0] = content;
  switch (tag) {
    case tags.boolean:
      return content.length === 1 && (first === 0 || first === 0xff);
    case tags.integer:
    case tags.enumerated:
      if (first === undefined) return false;
      return content.length === 1 || !((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80));
    case tags.bitString:
      return hasZeroRest(content);
    case tags.null:
      return content.length === 0;
    case tags.oid:
      return isOid(content);
    default:
      // Every other universal value but SEQUENCE and SET is a string or a number: never in parts.
      return tag >= 0x40 || (tag & 0x20) === 0 || tag === tags.sequence || tag === tags.set;
  }
}

/** The bits after the last one are fewer than eight, and zero. */
function hasZeroRest(content: Uint8Array): boolean {
  const [unused] = content;
  if (unused === undefined || unused > 7 || (content.length === 1 && unused > 0)) return false;
  return ((content.at(-1) ?? 0) & ((1 << unused) - 1)) === 0 || content.length === 1;
}

function isOid(content: Uint8Array): boolean {
  const isBegun = (index: number) => index === 0 || (content[index - 1] ?? 0) < 0x80;
  return (
    content.length > 0 && (content.at(-1) ?? 0x80) < 0x80 && content.every((byte, i) => byte !== 0x80 || !isBegun(i))
  );
}
