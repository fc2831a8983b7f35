import type { sending as english } from "../en/sending.ts";
import type { Translated } from "../language.ts";

export const sending = {
  accepted: (id) => `中继已受理，编号 ${id}，正在提交上链……`,
  sent: (hash) => `已发送 ${hash}，等待入块……`,
  registersPanel: "仲裁组尚未登记，正在登记。",
  mined: (kind, state, where) => `${[`${kind} 的状态为 ${state}`, ...where].join("，")}。`,
  inBlock: (block) => `区块 ${block}`,
  inTransaction: (hash) => `交易 ${hash}`,
} as const satisfies Translated<typeof english>;
