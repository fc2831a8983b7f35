type AbiParameter = { name: string; type: string; indexed?: boolean; components?: readonly AbiParameter[] };

/** One entry of a compiled contract's ABI. */
export type AbiEntry = {
  type: string;
  name?: string;
  inputs?: readonly AbiParameter[];
  outputs?: readonly AbiParameter[];
  stateMutability?: string;
  anonymous?: boolean;
};

const order = ["constructor", "receive", "fallback", "function", "event", "error"];

const plainParameter = ({ name, type, indexed, components }: AbiParameter): AbiParameter => ({
  name,
  type,
  ...(indexed === undefined ? {} : { indexed }),
  ...(components === undefined ? {} : { components: components.map(plainParameter) }),
});

const plainEntry = ({ type, name, inputs, outputs, stateMutability, anonymous }: AbiEntry): AbiEntry => ({
  type,
  ...(name === undefined ? {} : { name }),
  ...(inputs === undefined ? {} : { inputs: inputs.map(plainParameter) }),
  ...(outputs === undefined ? {} : { outputs: outputs.map(plainParameter) }),
  ...(stateMutability === undefined ? {} : { stateMutability }),
  ...(anonymous === true ? { anonymous } : {}),
});

const typesOf = (parameters: readonly AbiParameter[] = []): string =>
  parameters.map(({ type, components }) => `${type}${components ? `(${typesOf(components)})` : ""}`).join(",");

const keyOf = (entry: AbiEntry) => `${order.indexOf(entry.type)} ${entry.name ?? ""}(${typesOf(entry.inputs)})`;

/**
 * The TypeScript module of one ABI: an entry a line, in an order that depends on nothing but the entries. What the
 * compiler adds for its own use is left out, and of equal entries one remains.
 */
export const abiModule = (name: string, abi: readonly AbiEntry[]) => {
  const lines = new Map(abi.map((entry) => [keyOf(entry), `  ${JSON.stringify(plainEntry(entry))},`]));
  const sorted = [...lines].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line);
  return `// Generated from the contracts by scripts/generate-abi.ts. Do not edit.\nexport const ${name}Abi = [\n${sorted.join("\n")}\n] as const;\n`;
};
