export const keysEncryption = {
  summary: "make a key that opens evidence encrypted for you",
  about: [
    "Makes a random age X25519 key. Give the public key (age1...) to those who file evidence that you must",
    "be able to read: parties, arbitrators, a court. The file is not encrypted; it is readable by you alone and works with the",
    "stock tool: age -d -i FILE. If it is lost, what was encrypted only for it can never be opened.",
  ],
  examples: ["prints the public key that you give to others"],
  options: {
    out: "the new file; it must not exist",
  },
  keepFile: "Give others the public key; keep the file, and a copy of it, to yourself.",
} as const;
