import { type Address, concat, getContractAddress, type Hex, zeroHash } from "viem";

/**
 * The factory through which the contracts are created. It stands at this address on nearly every
 * chain, belongs to nobody, and makes an address follow from the code alone
 * (https://github.com/Arachnid/deterministic-deployment-proxy).
 */
export const create2Factory: Address = "0x4e59b44847b379578588920ca78fbf26c0b4956c";

/** The factory's whole code. */
export const create2FactoryCode: Hex =
  "0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf3";

/**
 * How the factory comes onto a chain: a transaction whose signature nobody can make for another
 * one.
 */
export const create2FactoryBirth = {
  sender: "0x3fab184622dc19b6109349b94811493bf2a45362",
  /** Wei that its sender must have: 100,000 gas at 100 gwei. */
  cost: 10_000_000_000_000_000n,
  transaction:
    "0xf8a58085174876e800830186a08080b853604580600e600039806000f350fe7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf31ba02222222222222222222222222222222222222222222222222222222222222222a02222222222222222222222222222222222222222222222222222222222222222",
} as const satisfies Readonly<{ sender: Address; cost: bigint; transaction: Hex }>;

/** Data of the call to the factory that creates a contract. */
export function create2Data(initCode: Hex): Hex {
  return concat([zeroHash, initCode]);
}

/** Where the factory puts what this code creates, in lower case. */
export function create2AddressOf(initCode: Hex): Address {
  const options = { opcode: "CREATE2", from: create2Factory, salt: zeroHash, bytecode: initCode } as const;
  return getContractAddress(options).toLowerCase() as Address;
}
