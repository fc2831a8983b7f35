import { defineGroup } from "../command.ts";
import { dealCall, dealPayShortfall } from "./dealCall.ts";
import { dealCredits } from "./dealCredits.ts";
import { dealId } from "./dealId.ts";
import { dealIntent } from "./dealIntent.ts";
import { dealPack, dealUnpack } from "./dealPack.ts";
import { dealRegister } from "./dealRegister.ts";
import { dealShow } from "./dealShow.ts";
import { dealSign } from "./dealSign.ts";
import { dealTerms } from "./dealTerms.ts";

export const deal = defineGroup({
  text: ({ command }) => command.deal,
  commands: {
    terms: dealTerms,
    id: dealId,
    sign: dealSign,
    register: dealRegister,
    intent: dealIntent,
    show: dealShow,
    credits: dealCredits,
    call: dealCall,
    "pay-shortfall": dealPayShortfall,
    pack: dealPack,
    unpack: dealUnpack,
  },
});
