type Field = Readonly<{ name: string; type: string }>;

/** Typed data as viem and ethers take it. */
export type TypedData = Readonly<{
  domain: Readonly<{ name?: string; version?: string; chainId?: number; verifyingContract?: string }>;
  types: Readonly<Record<string, readonly Field[]>>;
  primaryType: string;
  message: Readonly<Record<string, unknown>>;
}>;

type Json = string | boolean | { [name: string]: Json };

/** Typed data as `eth_signTypedData_v4` takes it. */
export type TypedDataJson = {
  domain: Record<string, string | number>;
  types: Record<string, { name: string; type: string }[]>;
  primaryType: string;
  message: Record<string, Json>;
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
    message: structOf(message),
  };
}

function structOf(message: object): Record<string, Json> {
  return Object.fromEntries(Object.entries(message).map(([name, value]) => [name, jsonOf(value)]));
}

function jsonOf(value: unknown): Json {
  if (typeof value === "boolean") return value;
  return typeof value === "object" && value !== null ? structOf(value) : String(value);
}
