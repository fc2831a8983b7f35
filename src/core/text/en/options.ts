/** Options that several commands share. */
export const options = {
  url: {
    url: "the relayer, like http://127.0.0.1:8787",
  },
  domain: {
    "chain-id": "chain of the escrow, where FILE holds bare terms",
    escrow: "escrow contract, where FILE holds bare terms",
  },
  wallet: {
    keystore: "your key, as `holdfast keys new` or a wallet wrote it",
    "password-file": "file whose first line is the password; without it the terminal asks",
  },
  panelDomain: {
    "chain-id": "chain of the tribunal, where FILE holds a bare one",
    tribunal: "tribunal contract, where FILE holds a bare one",
  },
  dispute: {
    url: "the relayer: gives the time from which the dispute counts, and the time of the chain",
    rpc: "a node of the chain, to ask it instead",
    "disputed-at": "`disputedAt` of the deal, where neither is given: 2026-12-24T18:00:00Z",
  },
} as const;
