import { options } from "../options.ts";

export const determinationSend = {
  summary: "send a signed determination or extension to a relayer, which submits it to the chain",
  about: [
    "The relayer checks everything before it accepts it, and can change nothing. Money and compensation move in the",
    "transaction that executes it. This waits until it is in a block. Sending it twice does nothing twice. A determination is",
    "refused until the panel's answer window is over.",
  ],
  examples: ["what `determination combine` wrote"],
  options: {
    ...options.url,
  },
} as const;
