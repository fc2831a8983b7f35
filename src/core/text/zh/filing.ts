import type { filing as english } from "../en/filing.ts";
import type { Translated } from "../language.ts";

export const filing = {
  encryptedAndSent: (file) => `${file} 加密并上传`,
  filedBefore: (file) => `${file}：此前已提交，证据包核验一致`,
  resumed: (file) => `${file}：此前已签署，从该处继续`,
  stored: (file) => `${file}：已加密、存储并签署`,
  waiting: (files) => `等待 ${files} 个文件上链……`,
  anchored: (file, bundle) => `${file}：已上链，证据包 ${bundle}`,
} as const satisfies Translated<typeof english>;
