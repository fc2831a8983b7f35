export { escrowAbi } from "./escrow.ts";
export { evidenceRegistryAbi } from "./evidenceRegistry.ts";
export { panelTribunalAbi } from "./panelTribunal.ts";
export { stablecoinAbi } from "./stablecoin.ts";
