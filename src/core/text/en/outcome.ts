/** What several commands say when they are done. `file` is a path as it can be printed. */
export const outcome = {
  writtenTo: (file: string) => `Written to ${file}`,
  nothingWritten: "Nothing was written.",
  signedBy: (signer: string) => `Signed by ${signer}`,
  signature: "Signature",
  address: "Address",
  publicKey: "Public key",
  keystore: "Keystore",
  keyFile: "Key file",
} as const;
