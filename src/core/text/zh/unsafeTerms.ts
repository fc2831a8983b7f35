import type { unsafeTerms as english } from "../en/unsafeTerms.ts";
import type { Translated } from "../language.ts";

export const unsafeTerms = {
  "fund-by-passed": "付款期限已过；请重新拟定条款。",
  "address-zero": "买家、卖家、送达证明方与争议处理合约都须是账户。",
  "marketplace-missing": "有服务费就须有收取服务费的平台。",
  "buyer-is-seller": "买家与卖家不能是同一账户。",
  "buyer-is-marketplace": "买家不能收取平台服务费。",
  "attestor-is-seller": "卖家不能证明送达。",
  "escrow-is-party": "托管合约不能成为其自身交易的当事人。",
  "amount-zero": "价款与首付款须大于零。",
  "deposit-exceeds-price": "首付款不得超过价款。",
  "earnest-too-high": "定金不得超过价款的五分之一。",
  "earnest-not-covered": "定金须有不少于同等金额的保障额，以供卖家双倍返还。",
  "clocks-out-of-order": "付款、发货与送达各须有一小时以上。",
  "inspection-too-short": "验货期不得短于一小时。",
  "backstop-too-short": "兜底期限不得短于一小时。",
  "exposure-too-long": "交易可能存续过久：有保障额时最长 180 天，无保障额时三年；兜底期限最长 180 天。",
  "tail-too-short": "有保障额时，售后保障期不得短于验货期。",
  "tribunal-is-party": "当事人不能是处理争议的合约。",
  "tribunal-refuses": "其仲裁组是否已登记？`holdfast panel register DEALFILE --send` 登记一次即可。",
  "panel-inspection-too-short": "此仲裁组只接受更长的验货期：见 panel.minInspection。",
  "panel-backstop-too-short": "此仲裁组只接受更长的兜底期限：见 panel.minBackstop。",
  "panel-party-is-arbitrator": "当事人或平台之一是仲裁员。",
} as const satisfies Translated<typeof english>;
