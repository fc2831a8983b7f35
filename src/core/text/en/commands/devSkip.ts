export const devSkip = {
  summary: "move a local chain's clock ahead, to see the effect of a deadline",
  about: [
    "Days and weeks of a deal pass at once: the answer window of a panel, a deadline to ship, a backstop. The relayer of",
    "`holdfast dev` sees the new block and does what is due by then. A clock never goes back, and it stays ahead when the chain is",
    "started again. Only a local development chain has a clock that can be moved; every other chain is refused.",
  ],
  examples: ["past an answer window of three days", "a chain on another port"],
  options: {
    rpc: "the local chain; http://127.0.0.1:8545 unless given (`dev --chain-port`)",
  },
  codes: {
    78: "the chain is not a local development chain",
  },
  skipped: (duration: string, time: string) => `The chain's clock was moved ahead by ${duration}: ${time}`,
} as const;
