import type { EIP1193RequestFn, PublicRpcSchema } from "viem";

/** What takes JSON-RPC: a chain, or a client of viem. */
type Node = Readonly<{ request: EIP1193RequestFn<PublicRpcSchema> }>;

/**
 * What a node answers to a JSON-RPC method that viem has no types for, such as those of development
 * nodes. Nothing of the answer is checked.
 *
 * @throws what the node's `request` throws
 */
export function ask(node: Node, method: string, params: readonly unknown[] = []): Promise<unknown> {
  return node.request<{ Parameters: unknown; ReturnType: unknown }>({ method, params });
}
