import { options } from "../options.ts";

export const evidenceOpen = {
  summary: "fetch and decrypt a file that was encrypted for you",
  about: [
    "An arbitrator, the other party or a court opens evidence with their own encryption key. The encrypted file comes",
    "from a relayer, from a location that the bundle names, or from a copy. None of these is trusted, nor is the sender of the",
    "bundle: the decrypted file is verified as by `holdfast verify`, against what was signed and anchored, before it gets",
    "its name. Otherwise the verdict is printed and nothing is written. Whoever runs a host that the bundle names sees who opens",
    "the evidence and when, and the opponent may have named it: such a host is asked only after your yes, or with --allow-host.",
  ],
  examples: ["from a relayer", "from a copy, without a network", "from a host that the bundle names"],
  options: {
    ...options.url,
    identity: "your encryption key (`holdfast keys encryption`)",
    out: "where the file goes; it must not exist",
    ciphertext: "the encrypted file, instead of fetching it",
    "allow-host": "a host that the bundle names and that may be asked, as host or host:port; repeat it for others",
    rpc: "a node of the chain; needed only when a contract wallet signed",
  },
  codes: {
    0: "done: it is the file that was signed and anchored",
    1: "refuted: it is not, or the bundle was changed; nothing was written",
    3: "unverifiable: a contract wallet signed, which only the chain can confirm; nothing was written",
  },
  hostsNamed: "The encrypted file is to be had from hosts that the bundle names:",
  hostSees:
    "Whoever runs such a host sees your address, which evidence you open, and when. The opponent may have named it.",
  askHosts: "Ask these hosts for the file?",
  opened: (file: string, size: string) => `${file}: ${size}, the file that was signed.`,
  checkAgain: (file: string, bundle: string) => `Check it again, and see its times: holdfast verify ${file} ${bundle}`,
} as const;
