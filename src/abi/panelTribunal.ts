// Generated from the contracts by scripts/generate-abi.ts. Do not edit.
export const panelTribunalAbi = [
  {"type":"constructor","inputs":[{"name":"escrow","type":"address"}],"stateMutability":"nonpayable"},
  {"type":"function","name":"ESCROW","inputs":[],"outputs":[{"name":"","type":"address"}],"stateMutability":"view"},
  {"type":"function","name":"determine","inputs":[{"name":"terms","type":"tuple","components":[{"name":"words","type":"bytes32[9]"}]},{"name":"determination","type":"tuple","components":[{"name":"deal","type":"bytes32"},{"name":"toBuyer","type":"uint96"},{"name":"toSeller","type":"uint96"},{"name":"compensation","type":"uint96"},{"name":"reasons","type":"bytes32"},{"name":"evidence","type":"bytes32"},{"name":"deadline","type":"uint40"}]},{"name":"arbitrators","type":"address[]"},{"name":"signers","type":"uint256"},{"name":"signatures","type":"tuple[]","components":[{"name":"r","type":"bytes32"},{"name":"vs","type":"bytes32"}]},{"name":"walletSignatures","type":"bytes[]"}],"outputs":[],"stateMutability":"nonpayable"},
  {"type":"function","name":"digestOf","inputs":[{"name":"determination","type":"tuple","components":[{"name":"deal","type":"bytes32"},{"name":"toBuyer","type":"uint96"},{"name":"toSeller","type":"uint96"},{"name":"compensation","type":"uint96"},{"name":"reasons","type":"bytes32"},{"name":"evidence","type":"bytes32"},{"name":"deadline","type":"uint40"}]}],"outputs":[{"name":"","type":"bytes32"}],"stateMutability":"view"},
  {"type":"function","name":"eip712Domain","inputs":[],"outputs":[{"name":"fields","type":"bytes1"},{"name":"name","type":"string"},{"name":"version","type":"string"},{"name":"chainId","type":"uint256"},{"name":"verifyingContract","type":"address"},{"name":"salt","type":"bytes32"},{"name":"extensions","type":"uint256[]"}],"stateMutability":"view"},
  {"type":"function","name":"rulesOf","inputs":[{"name":"threshold","type":"uint256"},{"name":"arbitrators","type":"address[]"}],"outputs":[{"name":"","type":"bytes32"}],"stateMutability":"pure"},
  {"type":"event","name":"Determined","inputs":[{"name":"deal","type":"bytes32","indexed":true},{"name":"evidence","type":"bytes32","indexed":false},{"name":"signers","type":"uint256","indexed":false}]},
  {"type":"event","name":"EIP712DomainChanged","inputs":[]},
  {"type":"error","name":"ArbitratorIsParty","inputs":[{"name":"arbitrator","type":"address"}]},
  {"type":"error","name":"ArbitratorsNotAscending","inputs":[{"name":"arbitrator","type":"address"}]},
  {"type":"error","name":"DeterminationExpired","inputs":[{"name":"deadline","type":"uint256"}]},
  {"type":"error","name":"InvalidShortString","inputs":[]},
  {"type":"error","name":"PanelMismatch","inputs":[{"name":"rules","type":"bytes32"},{"name":"panel","type":"bytes32"}]},
  {"type":"error","name":"SignatureInvalid","inputs":[{"name":"signer","type":"address"}]},
  {"type":"error","name":"SignersMismatch","inputs":[{"name":"signers","type":"uint256"},{"name":"signatures","type":"uint256"}]},
  {"type":"error","name":"StringTooLong","inputs":[{"name":"str","type":"string"}]},
] as const;
