import type { contractErrors as english } from "../en/contractErrors.ts";
import type { Translated } from "../language.ts";

export const contractErrors = {
  AmountExceedsCredit: "最多可取 {credit} 个最小单位，要求的是 {amount}。",
  AmountExceedsFreeBond: "保证金可用部分为 {free} 个最小单位，要求的是 {amount}。",
  AmountExceedsShortfall: "尚欠 {shortfall} 个最小单位，要付的是 {amount}。",
  AnswerWindowOpen: "对方可在 {until} 之前答辩；此后可执行处理结果。",
  BackstopNotLater: "兜底期限已为 {current}；延期须定在更晚的时间。",
  BackstopTooLate: "延期最晚至 {latest}：自现在起 180 天，且自本单 `disputedAt` 起三年。",
  BondLocked: "保证金现在不能取出；`holdfast deal call request-bond` 开始计时（180 天，其后开放 30 天）。",
  BondWithdrawalRequestedAlready: "已申请取出，{unlockAt} 起可取；再次申请无效。",
  CoverageExceedsBond:
    "卖家可用保证金为 {available} 个最小单位，本条款承诺 {coverage}；可用 `holdfast deal call post-bond` 增加。",
  DeadlineNotReached: "时间未到：自 {deadline} 起才可以。",
  DeadlinePassed: "为时已晚：须在 {deadline} 之前。",
  DealExists: "本条款此前已付款；同一条款不能付款两次。",
  DealNotOpen: "交易不处于可以如此操作的状态；`holdfast deal show` 说明可做什么。",
  DeterminationExpired: "仲裁员签署的内容在 {deadline} 之前有效；须以更晚的期限重新签署。",
  NotCaller: "这是 {expected} 的操作，而发送者是 {caller}。请由该账户发送，或附上其签署的内容（--signed）。",
  NotDisputant: "此账户现在不能提出争议：买家随时可以，卖家只能在付款与收货之间。",
  PanelMismatch: "这些仲裁员与期限不是条款所指的仲裁组。",
  RefundNotWhole: "首付款与争议中的交易只能全额退还（{held} 个最小单位），否则不退。",
  SellerSignatureMissing: "本条款需要卖家 {seller} 的签名：`holdfast deal sign`。",
  SignatureInvalid: "签名不是 {signer} 对此内容所签：金额、状态或期限在签署后有变化。",
  TribunalRefuses:
    "争议处理合约不接受本条款。若其仲裁组从未登记：`holdfast panel register DEALFILE --send`。否则是验货期或兜底期限对此仲裁组过短，或当事人之一是仲裁员。",
  WrongStatus: "交易不处于所需的状态；`holdfast deal show` 说明可做什么。",
} as const satisfies Translated<typeof english>;
