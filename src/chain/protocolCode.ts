import { type Address, concat, encodeAbiParameters, type Hex, hexToBytes, keccak256 } from "viem";
import { permit2Address } from "../core/deal/tokenTypedData.ts";
import { type CompiledContract, type CompiledContracts, contractNamed } from "./compiledContracts.ts";
import { create2AddressOf } from "./create2.ts";

/** The contracts of the protocol, each after those that it names. */
export const protocolContracts = {
  evidenceRegistry: "EvidenceRegistry",
  escrow: "Escrow",
  panelTribunal: "PanelTribunal",
} as const;

/** A contract of the protocol. */
export type ProtocolContract = keyof typeof protocolContracts;

/** Every contract of the protocol, in the order in which they are created. */
export const protocolNames = ["evidenceRegistry", "escrow", "panelTribunal"] as const satisfies ProtocolContract[];

/** What creates a contract, where it stands then, and how to recognize its code there. */
type ContractCode = Readonly<{
  address: Address;
  /** The compiled code with the constructor's arguments. */
  initCode: Hex;
  compiled: CompiledContract;
}>;

/** The protocol as this checkout compiles it. */
export type ProtocolCode = Readonly<Record<ProtocolContract, ContractCode>>;

/**
 * Code and addresses of every contract, the same for everybody and on every chain. Throws
 * `deployment-failed`.
 */
export function protocolCodeOf(contracts: CompiledContracts): ProtocolCode {
  const codeOf = (name: ProtocolContract, ...args: readonly Address[]): ContractCode => {
    const compiled = contractNamed(contracts, protocolContracts[name]);
    const types = args.map(() => ({ type: "address" }));
    const initCode = concat([compiled.bytecode, encodeAbiParameters(types, args)]);
    return { address: create2AddressOf(initCode), initCode, compiled };
  };
  const escrow = codeOf("escrow", permit2Address);
  return {
    evidenceRegistry: codeOf("evidenceRegistry"),
    escrow,
    panelTribunal: codeOf("panelTribunal", escrow.address),
  };
}

/**
 * The hash of a contract's code without what its constructor put in. Equal for the code on the
 * chain and the compiled one exactly when both are the same program.
 */
export function maskedCodeHash(code: Hex, { immutables }: CompiledContract): Hex {
  const masked = hexToBytes(code);
  for (const { start, length } of immutables) masked.fill(0, start, start + length);
  return keccak256(masked);
}

/** Whether the code on a chain is that of the compiled contract. */
export function isSameCode(code: Hex, compiled: CompiledContract): boolean {
  return maskedCodeHash(code, compiled) === keccak256(compiled.deployedBytecode);
}
