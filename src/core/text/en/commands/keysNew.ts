import { options } from "../options.ts";

export const keysNew = {
  summary: "make a wallet key in an encrypted file",
  about: [
    "Makes a random key and writes it encrypted (Web3 Secret Storage, version 3), readable by you alone. With it you",
    "sign deals, intents, evidence and determinations. Other wallets can import the file. Anyone who has the file",
    "and the password can sign as you; if you lose either, nobody can restore it: keep a copy of each, in separate places.",
  ],
  examples: ["asks for a password twice and prints the address", "for scripts"],
  options: {
    out: "the new file; it must not exist",
    "password-file": options.wallet["password-file"],
  },
  keepCopies: "Keep a copy of the file and of the password, in separate places.",
} as const;
