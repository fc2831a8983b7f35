import type { relayer as english } from "../../en/commands/relayer.ts";
import type { Translated } from "../../language.ts";

export const relayer = {
  summary: "为您指定的链运行中继及其 API",
  about: [
    "把各方签署的内容提交上链，为证据上链，在期限届满时操作，并提供 API。中继不能动用资金，",
    "不能伪造或更改任何内容；中继停止时，各方均可自行操作（`holdfast deal call`）。全部设置",
    "来自环境变量，密钥与密码只从文件读取：",
    "  HOLDFAST_RPC_URL                该链的节点，以逗号分隔，也可用 wss://          必填",
    "  HOLDFAST_DEPLOYMENT             JSON 文件，含 chainId、escrow、panelTribunal、evidenceRegistry、deployBlock   必填",
    "  HOLDFAST_RELAYER_KEYSTORE       支付手续费的密钥库（`holdfast keys new`）      必填",
    "  HOLDFAST_RELAYER_PASSWORD_FILE  其密码文件                                     必填",
    "  HOLDFAST_DATA                   数据库与证据的目录；默认 ./data",
    "  HOLDFAST_HOST, HOLDFAST_PORT    API 监听的地址与端口；默认 127.0.0.1 与 8787",
    "  HOLDFAST_CONFIRMATIONS          视为已确定所需的区块数，或 `tags`；默认 tags",
    "  HOLDFAST_POLL_MS                查询链的间隔（毫秒）；默认 2000",
    "  HOLDFAST_BATCH_SECONDS          证据等待合并上链的秒数；默认 30",
    "  HOLDFAST_ANCHOR_WITHIN          承诺在多少秒内上链；默认 900",
    "  HOLDFAST_TSA_URLS               为每个批次加盖时间戳的可信时间戳机构（RFC 3161），以逗号分隔；默认无",
    "  HOLDFAST_FILERS                 谁可提交证据：parties（该交易各方）、anyone（任何人），或列表，如 parties,0xADDRESS；默认 parties",
    "  HOLDFAST_LOG_LEVEL              debug、info、warn、error、silent；默认 info",
    "  DATABASE_URL                    用 PostgreSQL 代替自带数据库；多副本时必需。经 Unix 套接字：",
    "                                  postgres:///holdfast?host=/var/run/postgresql",
    "  KUBO_RPC_URL                    用 IPFS 节点（Kubo）代替自带存储",
    "索引损坏时，可在没有中继运行的情况下用 `holdfast relayer reindex` 从链上重建。",
  ],
  examples: ["连接您自己的链", "是否就绪；未就绪时说明原因"],
  options: {},
  codes: {
    0: "已按 Ctrl-C 或 SIGTERM 停止；全部正常关闭",
    69: "端口已被占用，或无法连接数据库或存储",
    73: "数据目录不可写",
    75: "另一个进程正在使用同一数据目录",
    78: "设置缺失或有误，或数据库拒绝中继的连接",
  },
  serving: (url: string, account: string) => `正在提供服务：${url}，按 Ctrl-C 停止；中继账户 ${account}。`,
} as const satisfies Translated<typeof english>;
