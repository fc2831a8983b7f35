/** What several commands say when they are done. `file` is a path as it can be printed. */
export const outcome = {
  writtenTo: (file: string) => `Written to ${file}`,
  pageWritten: (file: string, sha256: string) =>
    `Written to ${file}, SHA-256 ${sha256}\nOpen it in a browser, with the network off if you like; compare the digest with the published one.`,
  nothingWritten: "Nothing was written.",
  signedBy: (signer: string) => `Signed by ${signer}`,
  signature: "Signature",
  address: "Address",
  publicKey: "Public key",
  keystore: "Keystore",
  keyFile: "Key file",
} as const;
