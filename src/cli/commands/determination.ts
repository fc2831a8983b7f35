import { defineGroup } from "../command.ts";
import { determinationCombine } from "./determinationCombine.ts";
import { determinationSend } from "./determinationSend.ts";
import { determinationSign } from "./determinationSign.ts";
import { determinationWrite } from "./determinationWrite.ts";

export const determination = defineGroup({
  summary: "decide a disputed deal as its arbitrators",
  about: [
    "One arbitrator writes the determination (write) and passes the file on; each signs it (sign); anyone puts enough",
    "signatures together (combine) and carries them to the chain, with a relayer (send) or by a call from any wallet.",
    "Arbitrators can only split what is held between the two parties and compensate from that deal's coverage.",
  ].join("\n"),
  commands: {
    write: determinationWrite,
    sign: determinationSign,
    combine: determinationCombine,
    send: determinationSend,
  },
});
