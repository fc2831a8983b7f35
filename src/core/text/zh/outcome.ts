import type { outcome as english } from "../en/outcome.ts";
import type { Translated } from "../language.ts";

export const outcome = {
  writtenTo: (file: string) => `已写入 ${file}`,
  pageWritten: (file: string, sha256: string) =>
    `已写入 ${file}，SHA-256 ${sha256}\n请用浏览器打开（可断网）；请将该摘要与公布值比对。`,
  nothingWritten: "未写入任何文件。",
  signedBy: (signer: string) => `已由 ${signer} 签署`,
  signature: "签名",
  address: "地址",
  publicKey: "公钥",
  keystore: "密钥库",
  keyFile: "密钥文件",
} as const satisfies Translated<typeof english>;
