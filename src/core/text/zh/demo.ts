import type { demo as english } from "../en/demo.ts";
import type { Translated } from "../language.ts";

export const demo = {
  startingChain: "正在启动本地链",
  deploying: "正在部署合约",
  startingRelayer: "正在启动中继、数据库、证据存储与 API",
  videoMade: (file: string) => `0. 已生成 ${file}：60 MB`,
  bond: {
    title: "1. 卖家缴纳保证金，可承诺的保障额以此为限",
    posted: (amount: string) => `已缴纳保证金：${amount}`,
    refused: (amount: string, error: string) => `合约拒绝 ${amount} 的保障额：${error}`,
  },
  funding: {
    title: "2. 保证金足以承担的交易完成付款，买家不付手续费",
    held: (amount: string, coverage: string, id: string) =>
      `以 ERC-3009 托管 ${amount}，保障额 ${coverage}；交易 ${id}`,
  },
  performance: {
    title: "3. 卖家发货，快递方证明送达，买家提出争议：三个签名，不付手续费",
    disputed: "已提出争议：卖家有三天答辩期，届满后仲裁员方可作出处理结果",
  },
  filing: {
    title: "4. 双方提交证据：在本机加密，存入 IPFS，签署，上链",
    filed: {
      buyer: (files: number, roots: string) => `买家：${files} 个文件，上链根 ${roots}`,
      seller: (files: number, roots: string) => `卖家：${files} 个文件，上链根 ${roots}`,
    },
  },
  deciding: {
    title: "5. 五名仲裁员中的三名签署同一处理结果；任何人都可提交",
    early: (error: string) => `答辩期届满前，合约拒绝执行：${error}`,
    paid: (fromPrice: string, fromBond: string, toSeller: string) =>
      `买家从价款获得 ${fromPrice}，从保证金获赔 ${fromBond}；卖家获得 ${toSeller}，未扣服务费`,
    shortfall: (compensation: string, shortfall: string) =>
      `赔付 ${compensation} 超出保障额：已记录赔付缺口 ${shortfall}`,
  },
  further: {
    title: "6. 其他交易：交易结束的其余各种方式",
    native: (amount: string) => `以原生币直接付款并确认收货：卖家获得 ${amount}`,
    settled: (amount: string) => `双方签署和解：退还买家 ${amount}，其余归卖家`,
    notShipped: "三笔未按期发货：由中继的期限监控在一笔链上交易中全额退款",
    disputedLate: "卖家在发货期限前十分钟提出争议，始终未发货",
    released: "验货期届满，无人操作：放款给卖家",
    notDelivered: "未按期送达：全额退款；没有送达证明，不会放款",
    silentTribunal: (amount: string) => `至兜底期限仍无处理结果：退还买家 ${amount}，与没有争议时相同`,
  },
  holdings: {
    title: "各方最终所得",
    account: { buyer: "买家", seller: "卖家", marketplace: "平台", bond: "保证金" },
    asExpected: (account: string) => `${account}：与条款一致`,
    unexpected: (account: string, expected: string) => `${account}：有误，应为 ${expected}`,
  },
  right: (what: string) => `正确：${what}`,
  wrong: (what: string) => `有误：${what}`,
  check: {
    "coverage-refused": "托管合约拒绝保证金不足以支付的保障额",
    "coverage-refused-early": "中继在签署之前即予拒绝",
    "two-signatures-refused": "五名中仅有两个签名，予以拒绝",
    "answer-window-kept": "卖家仍可答辩时，不得作出处理结果",
    "answer-window-kept-early": "中继同样提前拒绝",
    "shortfall-recorded": "处理结果超出保障额的部分已记录",
    "deadlines-together": "三个同时届满的期限在一笔链上交易中处理",
    "all-closed": "演示中的每笔交易均已结束",
    "silence-refunds": "卖家提出的争议无人处理的，全额退还买家",
    "silence-changes-nothing": "结果与没有争议时相同",
    "native-paid": "确认收货后，以原生币付给卖家，已扣服务费",
    "fee-credited": "服务费计入平台的待取款",
  },
  verification: {
    title: "离线核验：每个文件均在无法连接链与中继的新进程中核验",
    status: {
      verified: "一致",
      refuted: "不一致",
      missing: "缺失",
      unverifiable: "无法核验",
      none: "没有结论",
    },
    result: (file: string, honest: string, flipped: string, changed: string) =>
      `${file}：${honest}；改动一位后：${flipped}（${changed}）`,
    separator: "、",
    repeat: "可自行重复核验，断网亦可：",
  },
  allRight: (seconds: string) => `全部正确，用时 ${seconds} 秒`,
  notAllRight: (seconds: string) => `并非全部正确，用时 ${seconds} 秒`,
} as const satisfies Translated<typeof english>;
