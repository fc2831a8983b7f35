import { options } from "../options.ts";

export const deploy = {
  summary: "put the contracts on a chain, or check that they are there",
  about: [
    "The addresses of EvidenceRegistry, Escrow and PanelTribunal follow from their code alone: they are the same on every",
    "chain and for every creator, and they have no owner. Without --send this compiles them, compares the code on the chain",
    "with it, lists what is missing and what that costs, and sends nothing. With --send it creates what is missing;",
    "stopped or killed, the same command goes on and creates nothing twice. When all are there, it writes --out, the",
    "deployment.json of a relayer. docs/deploying.md says what to decide before.",
  ],
  examples: [
    "what is there, what is missing, what it costs; sends nothing",
    "create what is missing",
    "the input for a block explorer",
  ],
  options: {
    ...options.wallet,
    rpc: "a node of the chain",
    "chain-id": "refuse the node when it is of another chain",
    out: "where to write what a relayer needs, like deployment.json",
    send: "create what is missing, from --keystore",
    "standard-json": "also write the compiler's input for each contract, for block explorers and for your own compiler",
  },
  codes: {
    0: "looked, or deployed; in JSON `isDeployed` says whether everything is there",
    69: "the account cannot pay, the node does not answer, or a transaction failed",
    73: "--out is there already and is about other contracts",
    78: "the node is of another chain, or other code is at an address",
  },
} as const;
