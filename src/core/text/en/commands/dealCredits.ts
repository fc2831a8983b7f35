import { options } from "../options.ts";

export const dealCredits = {
  summary: "what the escrow holds for an account that can withdraw it",
  about: [
    "A marketplace's fees, and every payment that a token refused at the time, are kept by the escrow as credits until their",
    "owner withdraws them (`holdfast deal intent withdraw-credit`, `holdfast deal call withdraw-credit`). With a deal file",
    "this lists buyer, seller and marketplace in the token of the deal. A relayer (--url) gives what it has indexed; a node",
    "(--rpc) gives what the contract holds now. Amounts are minor units where the decimals of the token are not known.",
  ],
  examples: [
    "of all parties of a deal, from the chain",
    "of one account, from a relayer",
    "native currency, from the chain",
  ],
  options: {
    ...options.url,
    token: "the token; native currency unless given",
    decimals: "decimals of the token, where neither file nor node gives them",
    rpc: "a node of the chain",
    "chain-id": "chain of the escrow, with OWNER and --rpc",
    escrow: "escrow contract, with OWNER and --rpc",
  },
  title: (token: string) => `Credits in ${token}`,
  nativeCurrency: "native currency",
} as const;
