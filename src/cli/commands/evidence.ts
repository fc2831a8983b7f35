import { defineGroup } from "../command.ts";
import { evidenceAdd } from "./evidenceAdd.ts";
import { evidenceAudit } from "./evidenceAudit.ts";
import { evidenceList } from "./evidenceList.ts";
import { evidenceOpen } from "./evidenceOpen.ts";

export const evidence = defineGroup({
  text: ({ command }) => command.evidence,
  commands: { add: evidenceAdd, audit: evidenceAudit, list: evidenceList, open: evidenceOpen },
});
