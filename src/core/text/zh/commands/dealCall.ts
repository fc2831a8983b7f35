import type { dealCall as english } from "../../en/commands/dealCall.ts";
import type { Translated } from "../../language.ts";
import { options } from "../options.ts";

export const dealCall = {
  summary: "打印合约调用，不经任何中继即可操作",
  about: [
    "资金由链上合约决定，中继只是提供便利。本命令打印某项操作的合约调用：接收地址、金额与调用数据，",
    "可用于任何钱包或脚本；此时无需密钥，也不会发送。加上 --send 则先试算，再用您的密钥经",
    "您选择的节点发送，并等待入块。当事人发送自己的操作；加上 --signed FILE，任何人都可发送当事人已签署的",
    "内容。confirm 与 refund 载明您所看到的金额与状态，状态已变时不会执行。",
    "ACTION 为下列之一：",
    "  fund, pay-balance, confirm          由买家",
    "  ship, refund, request-bond, withdraw-bond   由卖家",
    "  deliver                             由送达证明方",
    "  dispute                             由买家；付款后、送达前也可由卖家",
    "  settle                              由任何持有双方签名的人",
    "  release, expire, lapse, close       期限届满后由任何人",
    "  post-bond, pay-shortfall            由任何人代卖家",
    "  withdraw-credit                     由款项的所有人",
    "仲裁组尚未登记时，fund 会先登记。",
    "执行处理结果的调用由 `holdfast determination combine` 打印。",
  ],
  examples: [
    "买家放款时发送的调用，仅在交易状态与买家所见一致时执行",
    "卖家已签署，由任何人发送",
    "供任何人在期限届满后运行的脚本使用",
    "用其他工具发送",
  ],
  options: {
    ...options.domain,
    ...options.wallet,
    signed: "当事人用 `deal intent --out FILE` 签署的文件：凭此任何人都可发送",
    amount:
      "refund、post-bond、withdraw-bond、withdraw-credit、pay-shortfall：金额，如 1200.50；confirm：您所看到的托管金额",
    remaining: "refund：退款后仍应托管的金额",
    status: "confirm、refund：您所看到的状态，如 funded；未指定且无 --send 时，状态与金额取自 --rpc",
    tracking: "ship：物流单据，或其 SHA-256",
    proof: "deliver：送达证明，或其 SHA-256",
    statement: "dispute：您的陈述，或其 SHA-256",
    by: "dispute：buyer 或 seller；withdraw-credit：所有人的地址；默认为密钥库的账户",
    "to-buyer": "settle：托管金额中归买家的部分",
    "to-seller": "settle：托管金额中归卖家的部分",
    compensation: "settle：从保障额中赔付的金额；默认 0",
    deadline: "settle：签署时约定的截止时间",
    "buyer-signature": "settle：由买家发送时不需要",
    "seller-signature": "settle；以及有保障额的 fund，用于文件中没有该签名时",
    to: "withdraw-bond、withdraw-credit：收款地址",
    decimals: "代币的小数位数，用于文件未注明时",
    send: "用 --keystore 的密钥经 --rpc 的节点发送",
    rpc: "该链的节点",
  },
} as const satisfies Translated<typeof english>;
