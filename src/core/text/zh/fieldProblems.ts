import type { fieldProblems as english } from "../en/fieldProblems.ts";
import type { Translated } from "../language.ts";

export const fieldProblems = {
  "address-malformed": "应为地址：0x 加 40 位十六进制数字",
  "arbitrator-repeated": "有仲裁员重复出现",
  "arbitrator-zero": "零地址不能签署",
  "bytes-malformed": "应为字节：0x 加成对的十六进制数字",
  "bytes32-malformed": "应为 32 字节：0x 加 64 位十六进制数字",
  "cursor-foreign": "不属于此列表",
  "deal-version-unknown": "交易文件版本不同；请用 `holdfast deal terms` 重新生成",
  "decision-version-unknown": "不是本版本的处理结果或延期文件",
  "document-unstorable": "应为不含 NUL 的完整文本，嵌套不超过 64 层",
  "field-unknown": "未知字段",
  "idempotency-key-malformed": "应为 1 至 255 个可打印字符",
  "number-above-uint256": "最大为 2^256 - 1",
  "number-above-uint96": "最大为 2^96 - 1",
  "number-malformed": "应为十进制整数字符串",
  "order-malformed": "应为订单文件的路径或 SHA-256，或一个对象",
  "payment-ambiguous": "authorization、buyerSignature、permit 应恰有其一",
  "threshold-above-arbitrators": "仲裁员只有 {arbitrators} 名",
  "time-to-decide-short": "答辩期之后剩余的处理时间不足一小时",
  "token-malformed": "应为“native”，或含 address、symbol、decimals 的对象",
  "units-malformed": "应为最小单位的十进制字符串",
  "url-malformed": "百分号编码无效",
  "value-unexpected": "{reason}",
} as const satisfies Translated<typeof english>;
