import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";
import { permit2Address } from "../../src/core/deal/tokenTypedData.ts";

export default buildModule("Escrow", (m) => {
  const escrow = m.contract("Escrow", [m.getParameter("permit2", permit2Address)]);
  return { escrow };
});
