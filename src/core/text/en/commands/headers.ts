export const headers = {
  summary: "ask several nodes for the blocks of bundles, into a file that confirms times offline",
  about: [
    "Offline nobody can know that a block is on the chain. This asks every node for the block of each anchor and for the",
    "earlier block that each bundle was signed after, computes each hash from the header that the node sends, and writes",
    "FILE only if all nodes agree on every block. `holdfast verify --trusted-headers FILE` reads it, without a network.",
    "FILE holds no signature: it is worth as much as your trust in whoever made it, so that a court collects it itself, from",
    "nodes of different operators. Of a node's address only its host is kept: the rest may be a key.",
  ],
  examples: [
    "the blocks of every bundle in a directory, from two nodes",
    "blocks by their numbers, as `holdfast verify` prints them",
    "then, on a machine without a network",
  ],
  options: {
    rpc: "a node of the chain; repeat it for nodes of other operators",
    block: "also this block, by its number; repeat it for more",
    out: "where to write the file; FILE must not exist",
  },
  codes: {
    0: "written; in JSON `warnings` says whether only one node was asked or a block is not final",
    69: "the nodes disagree, do not answer, or send a header that does not hash to its block; nothing was written",
    75: "a node does not have a block yet; nothing was written",
    78: "the nodes are of another chain than the bundles",
  },
  collected: (chainId: number, nodes: string) => `Chain ${chainId}, as these nodes say: ${nodes}`,
  notFinal: "NOT FINAL YET",
  warning: {
    "one-node": "This is one node's word. Ask a second one of another operator with a second --rpc.",
    "not-finalized":
      "A block that is not final can still be replaced: it confirms nothing. Collect it again later, into another file.",
  },
  keep: "Keep it where nobody else can change it: it is not signed. `holdfast verify --trusted-headers FILE` reads it.",
} as const;
