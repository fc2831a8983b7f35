import { options } from "../options.ts";

export const evidenceOpen = {
  summary: "fetch and decrypt a file that was encrypted for you",
  about: [
    "An arbitrator, the other party or a court opens evidence with their own encryption key. The encrypted file comes",
    "from a relayer, from a location that the bundle names, or from a copy. None of these is trusted, nor is the sender of the",
    "bundle: the decrypted file is verified as by `holdfast verify`, against what was signed and anchored, before it gets",
    "its name. Otherwise the verdict is printed and nothing is written.",
  ],
  examples: ["from a relayer", "from a copy, without a network"],
  options: {
    ...options.url,
    identity: "your encryption key (`holdfast keys encryption`)",
    out: "where the file goes; it must not exist",
    ciphertext: "the encrypted file, instead of fetching it",
    rpc: "a node of the chain; needed only when a contract wallet signed",
  },
  codes: {
    0: "done: it is the file that was signed and anchored",
    1: "refuted: it is not, or the bundle was changed; nothing was written",
    3: "unverifiable: a contract wallet signed, which only the chain can confirm; nothing was written",
  },
  opened: (file: string, size: string) => `${file}: ${size}, the file that was signed.`,
  checkAgain: (file: string, bundle: string) => `Check it again, and see its times: holdfast verify ${file} ${bundle}`,
} as const;
