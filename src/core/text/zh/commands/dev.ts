import type { dev as english } from "../../en/commands/dev.ts";
import type { Translated } from "../../language.ts";

export const dev = {
  summary: "在本机运行全部：链、合约、中继、API，并完整演示一个案件",
  about: [
    "启动本地链，部署合约，启动自带数据库与证据存储的中继，并提供 API。",
    "首次启动会演示一个案件，从付款到结案付款，其中的证据随后离线核验；",
    "之后用同一目录启动，从上次停止处继续。运行至按下 Ctrl-C。该链上的资金没有价值，",
    "密钥是公开的：切勿用于其他用途。`holdfast dev skip 3d` 把运行中的链的",
    "时间向前拨。",
  ],
  examples: [
    "与 npm start 相同：数据在 ./data，API 在 http://127.0.0.1:8787",
    "不演示案件，使用任意空闲端口，供开发使用",
    "为您自己的密钥提供测试资金（`holdfast keys new`）",
    "三天之后，用于正在运行的链（`holdfast dev skip --help`）",
    "就绪后立即打印一行，列出全部地址，供程序使用",
  ],
  options: {
    data: "全部数据的目录；默认 ./data",
    port: "API 端口；默认 8787，0 表示任意空闲端口",
    "chain-port": "链的 RPC 端口；默认沿用上次的端口，首次为任意空闲端口",
    fund: "给该账户 100,000 测试美元与用于手续费的原生币；可重复使用",
    "no-demo": "不演示案件",
  },
  codes: {
    0: "已按 Ctrl-C 停止；全部正常关闭",
    69: "端口已被占用，或链未能启动",
    73: "数据目录不可写",
    75: "另一个进程正在使用同一数据目录",
    78: "数据目录中的链上是其他版本的合约",
  },
} as const satisfies Translated<typeof english>;
