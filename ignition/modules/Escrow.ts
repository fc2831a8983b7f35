import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

// Permit2 lives at the same address on every chain that has it.
const permit2Everywhere = "0x000000000022D473030F116dDEE9F6B43aC78BA3";

export default buildModule("Escrow", (m) => {
  const escrow = m.contract("Escrow", [m.getParameter("permit2", permit2Everywhere)]);
  return { escrow };
});
