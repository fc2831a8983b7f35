import type { options as english } from "../en/options.ts";
import type { Translated } from "../language.ts";

/** Options that several commands share. */
export const options = {
  url: {
    url: "中继地址，如 http://127.0.0.1:8787",
  },
  domain: {
    "chain-id": "托管合约所在的链，用于 FILE 只含条款本身的情形",
    escrow: "托管合约地址，用于 FILE 只含条款本身的情形",
  },
  wallet: {
    keystore: "您的密钥，由 `holdfast keys new` 或钱包生成的密钥库文件",
    "password-file": "首行为密码的文件；不指定则在终端询问",
  },
  panelDomain: {
    "chain-id": "争议处理合约所在的链，用于 FILE 只含处理结果本身的情形",
    tribunal: "争议处理合约地址，用于 FILE 只含处理结果本身的情形",
  },
  dispute: {
    url: "中继：由其给出争议起算时间与链上当前时间",
    rpc: "该链的节点：改向节点查询",
    "disputed-at": "该笔交易的 `disputedAt`，用于两者均无法查询时：2026-12-24T18:00:00Z",
  },
} as const satisfies Translated<typeof english>;
