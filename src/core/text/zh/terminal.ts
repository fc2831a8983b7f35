import type { terminal as english } from "../en/terminal.ts";
import type { Translated } from "../language.ts";

export const terminal = {
  passwordOf: (path) => `${path} 的密码`,
  newPassword: "新密码",
  onceMore: "再输入一次",
  progress: (label, percent, total) => `${label}：${total} 的 ${percent}%`,
} as const satisfies Translated<typeof english>;
