import * as asn1js from "asn1js";
import { bytesToHex } from "viem";
import { type DerValue, fieldsOf, oidOf, tags } from "./der.ts";

const shortNames: Readonly<Record<string, string>> = {
  "2.5.4.3": "CN",
  "2.5.4.5": "serialNumber",
  "2.5.4.6": "C",
  "2.5.4.7": "L",
  "2.5.4.8": "ST",
  "2.5.4.10": "O",
  "2.5.4.11": "OU",
  "2.5.4.97": "organizationIdentifier",
  "1.2.840.113549.1.9.1": "emailAddress",
};

/**
 * A distinguished name as text, in the order of the certificate: `C=AT, O=Example, CN=TSA 1`. What
 * a certificate's owner wrote, so it needs quoting where it is shown.
 * @throws ProtocolError `timestamp-data-malformed`
 */
export function distinguishedNameText(name: DerValue): string {
  const parts = name.items.map((set) =>
    set.items
      .map((pair) => {
        const fields = fieldsOf(pair);
        const type = oidOf(fields.take(tags.oid));
        const value = fields.takeAny();
        fields.end();
        return `${shortNames[type] ?? type}=${textOf(value)}`;
      })
      .join(" + "),
  );
  return parts.join(", ");
}

function textOf(value: DerValue): string {
  const { result } = asn1js.fromBER(value.raw);
  if (!(result instanceof asn1js.BaseStringBlock)) return bytesToHex(value.raw);
  return result.getValue().replaceAll(/[\\,+]/g, (character) => `\\${character}`);
}
