import type * as z from "zod";
import type { typedData } from "../wire/schemas.ts";

type TypedData = Readonly<{
  domain: Readonly<Record<string, string | number>>;
  types: Readonly<Record<string, readonly Readonly<{ name: string; type: string }>[]>>;
  primaryType: string;
  message: Readonly<Record<string, string | number | bigint | boolean>>;
}>;

const domainType = [
  { name: "name", type: "string" },
  { name: "version", type: "string" },
  { name: "chainId", type: "uint256" },
  { name: "verifyingContract", type: "address" },
];

/** Typed data as `eth_signTypedData_v4` takes it: with the domain's type, and whole numbers as decimal strings. */
export const typedDataJson = ({ domain, types, primaryType, message }: TypedData): z.input<typeof typedData> => ({
  domain: { ...domain },
  types: {
    EIP712Domain: domainType,
    ...Object.fromEntries(Object.entries(types).map(([name, fields]) => [name, fields.map((field) => ({ ...field }))])),
  },
  primaryType,
  message: Object.fromEntries(
    Object.entries(message).map(([name, value]) => [name, typeof value === "boolean" ? value : String(value)]),
  ),
});
