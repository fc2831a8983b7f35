import type { hints as english, listeners as englishListeners } from "../en/hints.ts";
import type { Translated } from "../language.ts";

export const hints = {
  "answer-window-open": "在本地链上可用 `holdfast dev skip` 拨快时钟。",
  "block-unprovable": "即 {host} 的区块 {block}。",
  "bundle-malformed": "文件为 {file}。",
  "bundle-too-large": "文件为 {file}。",
  "bundle-version-unknown": "文件为 {file}。",
  "config-invalid": "`holdfast relayer --help` 列出全部设置。",
  "data-dir-locked": "目录为 {dir}；可用 --data 指定其他目录。",
  "data-dir-unusable": "目录为 {dir}；可用 --data 指定其他目录。",
  "database-refused": "服务器的说明：{reason}。",
  "deal-unknown": "可用 `holdfast deal register FILE --url URL` 登记；编号为 {deal}。",
  "deployment-outdated": "请移走 {dataDir}，或用 --data 指定其他目录。",
  "headers-malformed": "文件为 {file}。",
  "headers-too-large": "文件为 {file}。",
  "headers-version-unknown": "文件为 {file}。",
  "host-not-allowed": "可分别用 `--url URL`、`--ciphertext FILE`、`--allow-host HOST`。",
  "key-file-exposed": "可执行 `chmod 600 {path}`。",
  "keystore-unreadable": "可用 `holdfast keys new` 新建。",
  "native-not-relayed": "可用 `holdfast deal call` 打印该调用。",
  "password-missing": "没有可供输入的终端：请用 --password-file FILE。",
  "port-taken": "该端口用于{listener}。可用 {option} 指定其他端口，0 为任一空闲端口。",
  "recipient-invalid": "序号为 {index}（从 0 起）。可用 `holdfast keys encryption` 新建。",
  "rpc-refused": "节点对 {method} 的说明：{reason}。",
  "rpc-unreachable": "节点为 {host}。",
  "terms-malformed": "问题：{problem}。",
} as const satisfies Translated<typeof english>;

export const listeners = {
  API: "接口",
  chain: "本地链",
  "chain-of-earlier-runs": "本地链（与以往相同）",
} as const satisfies Translated<typeof englishListeners>;

export const usageText = "{problem} 帮助：{help} --help";
