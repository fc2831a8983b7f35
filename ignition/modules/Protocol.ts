import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";
import EscrowModule from "./Escrow.ts";
import EvidenceRegistryModule from "./EvidenceRegistry.ts";
import PanelTribunalModule from "./PanelTribunal.ts";

/** Everything that a public network needs: `hardhat ignition deploy ignition/modules/Protocol.ts --network <name>`. */
export default buildModule("Protocol", (m) => ({
  ...m.useModule(EscrowModule),
  ...m.useModule(PanelTribunalModule),
  ...m.useModule(EvidenceRegistryModule),
}));
