import { defineGroup } from "../command.ts";
import { panelRegister } from "./panelRegister.ts";
import { panelShow } from "./panelShow.ts";

export const panel = defineGroup({
  text: ({ command }) => command.panel,
  commands: { show: panelShow, register: panelRegister },
});
