import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";
import EscrowModule from "./Escrow.ts";

export default buildModule("PanelTribunal", (m) => {
  const { escrow } = m.useModule(EscrowModule);
  const panelTribunal = m.contract("PanelTribunal", [escrow]);
  return { panelTribunal };
});
