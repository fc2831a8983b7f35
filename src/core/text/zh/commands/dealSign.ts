import type { dealSign as english } from "../../en/commands/dealSign.ts";
import type { Translated } from "../../language.ts";
import { options } from "../options.ts";

export const dealSign = {
  summary: "以卖家或买家身份签署交易条款",
  about: [
    "先用文字说明条款，再签署。交易从保证金中划出保障额时，须有卖家签名：",
    "没有该签名，任何人都不能动用保证金。买家的签名允许任何人从买家给托管合约的授权额度中",
    "为这笔交易付款一次；确有此意才交出签名。",
  ],
  examples: ["写出含卖家签名的交易文件", "只打印签名，供程序使用"],
  options: {
    ...options.domain,
    ...options.wallet,
    out: "写出含卖家签名的交易文件；FILE 须不存在",
  },
  signedBy: {
    buyer: (signer: string) => `已由买家 ${signer} 签署`,
    seller: (signer: string) => `已由卖家 ${signer} 签署`,
  },
} as const satisfies Translated<typeof english>;
