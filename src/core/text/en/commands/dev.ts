export const dev = {
  summary: "everything on this machine: chain, contracts, relayer, API, and an example case",
  about: [
    "Starts a local chain, deploys the contracts, starts the relayer with its embedded database and evidence store, and",
    "serves the API. The first time it runs an example case from payment to payout, with evidence that it then verifies offline;",
    "a later start with the same directory continues the earlier one. Runs until Ctrl-C. The money of this",
    "chain is worth nothing and its keys are public: never use it for anything else. `holdfast dev skip 3d` moves the clock",
    "of a chain that runs.",
  ],
  examples: [
    "what npm start does: data in ./data, API at http://127.0.0.1:8787",
    "an empty one, on any free port, to build against",
    "with test money for a key of your own (`holdfast keys new`)",
    "three days later, on the chain that runs (`holdfast dev skip --help`)",
    "one line with all addresses as soon as it serves, for a program",
  ],
  options: {
    data: "where everything is kept; ./data unless given",
    port: "port of the API; 8787 unless given, 0 for any free one",
    "chain-port": "port of the chain's RPC; that of the earlier start unless given, at the first any free one",
    fund: "give this account 100,000 test dollars and native currency for gas; may be repeated",
    "no-demo": "do not run the example case",
  },
  codes: {
    0: "stopped by Ctrl-C; everything was closed in order",
    69: "a port is taken, or the chain did not start",
    73: "the data directory cannot be written",
    75: "another one runs on the same data directory",
    78: "the data directory holds a chain with other contracts",
  },
} as const;
