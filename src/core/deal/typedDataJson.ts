import type { Address } from "viem";

type Field = Readonly<{ name: string; type: string }>;

/** Typed data as viem and ethers take it. */
export type TypedData = Readonly<{
  domain: Readonly<{ name?: string; version?: string; chainId?: number; verifyingContract?: Address }>;
  types: Readonly<Record<string, readonly Field[]>>;
  primaryType: string;
  message: Readonly<Record<string, unknown>>;
}>;

type Value = string | boolean;

/** Typed data as `eth_signTypedData_v4` takes it. */
export type TypedDataJson = {
  domain: Record<string, string | number>;
  types: Record<string, { name: string; type: string }[]>;
  primaryType: string;
  message: Record<string, Value | Record<string, Value>>;
};

/** Fields of EIP-712's domain, in their order. */
const domainFields = [
  { name: "name", type: "string" },
  { name: "version", type: "string" },
  { name: "chainId", type: "uint256" },
  { name: "verifyingContract", type: "address" },
] as const;

/**
 * Typed data as JSON for any wallet: with the domain's type, and whole numbers as decimal strings.
 *
 * @example await ethereum.request({ method: "eth_signTypedData_v4", params: [account, JSON.stringify(typedDataJson(typedData))] });
 */
export function typedDataJson({ domain, types, primaryType, message }: TypedData): TypedDataJson {
  const given = domainFields.filter(({ name }) => domain[name] !== undefined);
  return {
    domain: Object.fromEntries(given.map(({ name }) => [name, domain[name] ?? ""])),
    types: {
      EIP712Domain: given.map((field) => ({ ...field })),
      ...Object.fromEntries(
        Object.entries(types).map(([name, fields]) => [name, fields.map(({ name, type }) => ({ name, type }))]),
      ),
    },
    primaryType,
    message: mapValues(message, (value) => (isStruct(value) ? mapValues(value, textOf) : textOf(value))),
  };
}

function mapValues<T>(struct: object, convert: (value: unknown) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(struct).map(([name, value]) => [name, convert(value)]));
}

function isStruct(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function textOf(value: unknown): Value {
  return typeof value === "boolean" ? value : String(value);
}
