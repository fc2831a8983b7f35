import { defineGroup } from "../command.ts";
import { determinationCombine } from "./determinationCombine.ts";
import { determinationExtend } from "./determinationExtend.ts";
import { determinationSend } from "./determinationSend.ts";
import { determinationSign } from "./determinationSign.ts";
import { determinationWrite } from "./determinationWrite.ts";

export const determination = defineGroup({
  text: ({ command }) => command.determination,
  commands: {
    write: determinationWrite,
    extend: determinationExtend,
    sign: determinationSign,
    combine: determinationCombine,
    send: determinationSend,
  },
});
