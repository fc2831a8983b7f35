import { options } from "../options.ts";

export const panelRegister = {
  summary: "register a panel, before the first deal that names it is funded",
  about: [
    "FILE is a panel of its own, a template of terms or a deal file. Anyone can register a panel; doing it again changes",
    "nothing, and with --rpc this says so and sends nothing. Without --send it prints the call. `holdfast deal call fund`",
    "registers the panel as well where it is needed.",
  ],
  examples: ["the panel of this deal", "the call for a relayer's tribunal"],
  options: {
    ...options.wallet,
    url: "a relayer, to take its chain and tribunal",
    "chain-id": "chain of the tribunal, without --url and without a deal file",
    tribunal: "tribunal, without --url and without a deal file",
    send: "send it from --keystore through the node at --rpc",
    rpc: "a node of the chain",
  },
  onChain: (rules: string, chainId: number) => `Panel ${rules} on chain ${chainId}`,
  alreadyRegistered: (rules: string) => `Panel ${rules} is registered already; nothing was sent.`,
  registered: (rules: string, transaction: string) => `Panel ${rules} is registered: ${transaction}`,
} as const;
