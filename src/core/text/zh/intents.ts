import type { intents as english } from "../en/intents.ts";
import type { Translated } from "../language.ts";

export const intents = {
  fund: (amount, before) => `买家在 ${before} 之前向托管合约付款 ${amount}。`,
  payBalance: (amount, before) => `买家在 ${before} 之前支付尾款 ${amount}。`,
  ship: "卖家声明已发货。",
  deliver: "送达证明方声明已送达；验货期开始。",
  confirm: (amount, status) => `买家确认收货：在交易状态为 ${status} 时，将托管的 ${amount} 支付给卖家。`,
  refund: (amount, remaining, status) => `卖家退还 ${amount}；仍托管 ${remaining}。仅在交易状态为 ${status} 时有效。`,
  dispute: "此后仲裁员可以作出处理结果。若无人处理，除条款约定的送达后分配外，不产生变化。",
  settle: (toBuyer, toSeller, compensation) =>
    `买家得 ${toBuyer}，卖家得 ${toSeller}，另从保证金中赔付 ${compensation}。`,
  withdrawCredit: (amount, to) => `从待取款中向 ${to} 支付 ${amount}。`,
  toSign: (deal, what, before) => `交易 ${deal}\n${what}\n可在 ${before} 之前提交。`,
  otherSideSigns: "对方用以下命令签署：holdfast deal intent settle DEALFILE --with FILE",
} as const satisfies Translated<typeof english>;
