import type { dealIntent as english } from "../../en/commands/dealIntent.ts";
import type { Translated } from "../../language.ts";
import { options } from "../options.ts";

export const dealIntent = {
  summary: "签署当事人的一项操作，任何人都可提交上链",
  about: [
    "以钱包可显示的 EIP-712 形式签署当事人的操作指令。一份指令只用于一笔交易、一项操作和",
    "一段有限时间；pay-balance、confirm、refund、dispute、settle 还只在交易处于当前状态时有效。",
    "提交人不能更改任何内容。KIND 为下列之一：",
    "  fund, pay-balance, confirm     由买家",
    "  ship, refund                   由卖家",
    "  deliver                        由送达证明方",
    "  dispute                        由买家；付款后、送达前也可由卖家",
    "  settle                         由双方先后签署",
    "  withdraw-credit                由款项的所有人：平台服务费、未能付出的款项",
    "fund 与 pay-balance 从您给托管合约的授权额度中扣款；指定 --token-name 则用 ERC-3009，无需授权额度。",
    "不加 --send 时打印已签署的指令；之后任何人都可用 `holdfast deal call KIND DEALFILE --signed FILE` 发送。",
  ],
  examples: ["付款，不需要手续费，也不需要授权额度", "卖家发货", "卖家提出和解方案", "买家接受"],
  options: {
    ...options.domain,
    ...options.wallet,
    amount: "refund：退还买家的金额，如 1200.50；confirm：托管金额；withdraw-credit：提取金额",
    remaining: "refund：退款后仍应托管的金额，使其不能重复执行；默认为托管金额的余数",
    tracking: "ship：物流单据，或其 SHA-256",
    proof: "deliver：送达证明，或其 SHA-256",
    statement: "dispute：您的陈述，或其 SHA-256",
    status: "从未发生争议的交易的状态，用于 --url 与 --rpc 均未指定时",
    to: "withdraw-credit：收款地址；默认为您自己的账户",
    "to-buyer": "settle：托管金额中归买家的部分",
    "to-seller": "settle：托管金额中归卖家的部分；两者之和须等于托管金额",
    compensation: "settle：此外从卖家保障额中赔付的金额；默认 0",
    with: "settle：对方已签署的文件；金额取自该文件",
    "token-name": "fund、pay-balance：代币的 EIP-712 名称，用于以 ERC-3009 付款",
    "token-version": "该代币的 EIP-712 版本；默认 1",
    decimals: "代币的小数位数，用于文件未注明时",
    deadline: "可提交的截止时间：24h、7d、2026-12-24T18:00:00Z；默认 1d",
    out: "写出已签署的指令；FILE 须不存在",
    send: "交给 --url 的中继提交上链，并等待入块",
    url: "中继地址，如 http://127.0.0.1:8787；交易状态也由其给出",
    rpc: "该链的节点，用于查询交易状态；fund：还用于登记仲裁组",
  },
} as const satisfies Translated<typeof english>;
