// Generated from the contracts by scripts/generate-abi.ts. Do not edit.
export const evidenceRegistryAbi = [
  {"type":"function","name":"anchor","inputs":[{"name":"root","type":"bytes32"},{"name":"count","type":"uint64"}],"outputs":[{"name":"anchoredAt","type":"uint40"}],"stateMutability":"nonpayable"},
  {"type":"function","name":"anchorOf","inputs":[{"name":"sender","type":"address"},{"name":"root","type":"bytes32"}],"outputs":[{"name":"","type":"tuple","components":[{"name":"anchoredAt","type":"uint40"},{"name":"count","type":"uint64"},{"name":"batch","type":"uint40"}]}],"stateMutability":"view"},
  {"type":"function","name":"headOf","inputs":[{"name":"sender","type":"address"}],"outputs":[{"name":"","type":"tuple","components":[{"name":"digest","type":"bytes27"},{"name":"batches","type":"uint40"}]}],"stateMutability":"view"},
  {"type":"event","name":"Anchored","inputs":[{"name":"sender","type":"address","indexed":true},{"name":"root","type":"bytes32","indexed":true},{"name":"count","type":"uint64","indexed":false},{"name":"anchoredAt","type":"uint40","indexed":false},{"name":"batch","type":"uint40","indexed":false},{"name":"head","type":"bytes27","indexed":false}]},
  {"type":"error","name":"CountDiffers","inputs":[{"name":"root","type":"bytes32"},{"name":"stated","type":"uint64"},{"name":"anchored","type":"uint64"}]},
  {"type":"error","name":"CountIsZero","inputs":[{"name":"root","type":"bytes32"}]},
  {"type":"error","name":"RootIsZero","inputs":[]},
] as const;
