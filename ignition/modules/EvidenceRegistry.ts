import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

export default buildModule("EvidenceRegistry", (m) => {
  const evidenceRegistry = m.contract("EvidenceRegistry");
  return { evidenceRegistry };
});
