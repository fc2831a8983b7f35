import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";
import { permit2Address } from "../../src/chain/permit2.ts";

export default buildModule("Escrow", (m) => {
  const escrow = m.contract("Escrow", [m.getParameter("permit2", permit2Address)]);
  return { escrow };
});
