import { type Address, erc20Abi, type Hex } from "viem";
import { escrowAbi } from "../abi/escrow.ts";
import { panelTribunalAbi } from "../abi/panelTribunal.ts";
import { type Chain, createChain, requireChain } from "../chain/client.ts";
import { type DealState, dealStatuses } from "../core/deal/dealTable.ts";
import type { EscrowDomain } from "../core/deal/terms.ts";
import type { Unit } from "../core/text/units.ts";

/** What the command line reads from a node by itself, where somebody acts without a relayer. */
export type ChainReader = {
  readonly dealState: (id: Hex) => Promise<DealState>;
  /** Minor units that an account can withdraw. */
  readonly credit: (owner: Address, token: Address) => Promise<bigint>;
  /** How a token says that its amounts are written; `undefined` where it does not say. */
  readonly unit: (token: Address) => Promise<Unit | undefined>;
  /** Minor units that an award exceeded the coverage by and nobody has paid yet. */
  readonly shortfall: (id: Hex) => Promise<bigint>;
  /** The number that the account's next signature about a bond or credit states. */
  readonly nonce: (owner: Address) => Promise<bigint>;
  /** Unix seconds of the newest block. */
  readonly time: () => Promise<number>;
  readonly isPanelRegistered: (rules: Hex, tribunal: Address) => Promise<boolean>;
};

/**
 * Reads from one node and closes the connection. Throws `chain-mismatch`, `rpc-unreachable`,
 * `rpc-refused`.
 */
export async function readChain<T>(
  rpcUrl: string,
  { chainId, escrow }: EscrowDomain,
  read: (reader: ChainReader) => Promise<T>,
): Promise<T> {
  const chain = createChain({ rpcUrls: [rpcUrl], chainId });
  try {
    await requireChain(chain);
    return await read(createReader(chain, escrow));
  } finally {
    chain.close();
  }
}

const createReader = ({ client }: Chain, escrow: Address): ChainReader => {
  const contract = { address: escrow, abi: escrowAbi } as const;
  return {
    dealState: async (id) => {
      const deal = await client.readContract({ ...contract, functionName: "dealOf", args: [id] });
      return {
        ...deal,
        status: dealStatuses[deal.status] ?? "none",
        disputedFrom: dealStatuses[deal.disputedFrom] ?? "none",
      };
    },
    credit: (owner, token) => client.readContract({ ...contract, functionName: "creditOf", args: [owner, token] }),
    unit: async (token) => {
      const [symbol, decimals] = await Promise.allSettled([
        client.readContract({ address: token, abi: erc20Abi, functionName: "symbol" }),
        client.readContract({ address: token, abi: erc20Abi, functionName: "decimals" }),
      ]);
      if (decimals.status === "rejected") return undefined;
      return { symbol: symbol.status === "fulfilled" ? symbol.value : "", decimals: decimals.value };
    },
    shortfall: (id) => client.readContract({ ...contract, functionName: "shortfallOf", args: [id] }),
    nonce: (owner) => client.readContract({ ...contract, functionName: "nonces", args: [owner] }),
    time: async () => Number((await client.getBlock()).timestamp),
    isPanelRegistered: (rules, tribunal) =>
      client.readContract({
        address: tribunal,
        abi: panelTribunalAbi,
        functionName: "isRegistered",
        args: [rules],
      }),
  };
};
