export const relayerReindex = {
  summary: "rebuild a damaged index from the chain, while no relayer runs",
  about: [
    "Everything that a relayer knows of deals, bonds, credits and anchors comes from the chain's events. When some are",
    "missing (`index-incomplete`), or they differ from the contract, this deletes what was read from BLOCK on and reads it",
    "again. What is before BLOCK is kept; 0 reads everything from the contracts' first block. Signed intents,",
    "transactions and evidence are not touched. If it is stopped, the index is complete up to a block, and the next",
    "relayer continues there. Chain and database are those of the environment variables of `holdfast relayer`.",
  ],
  examples: ["everything", "what was read since a block"],
  options: {
    from: "the first block that is read again",
  },
  codes: {
    69: "the node or the database cannot be reached",
    75: "a relayer works on the database; or events before BLOCK are missing too",
    78: "a setting is missing or wrong, or the node is of another chain",
  },
  wholeUpTo: (block: number) => `complete up to block ${block}`,
  done: (from: number, to: number) => `The index is complete: blocks ${from} to ${to} were read again.`,
} as const;
