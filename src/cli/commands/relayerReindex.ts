import { ProtocolError } from "../../core/errors.ts";
import { defineCommand } from "../command.ts";

const HELP = "holdfast relayer reindex";

export const relayerReindex = defineCommand({
  summary: "make a damaged index anew from the chain, while no relayer runs",
  usage: "--from BLOCK",
  about: [
    "Everything that a relayer knows of deals, bonds, credits and anchors comes from the chain's events. When some are",
    "missing (`index-incomplete`), or what it says differs from the contract, this forgets what was read from BLOCK on and",
    "reads it again. What lies before BLOCK is kept; 0 reads everything from the contracts' first block. Signed intents,",
    "transactions and evidence are not touched. Whatever stops it, the index is whole up to a block, and the next relayer",
    "goes on from there. It is told where the chain and the database are by the environment of `holdfast relayer`.",
  ].join("\n"),
  examples: [
    ["holdfast relayer reindex --from 0", "everything"],
    ["holdfast relayer reindex --from 19000000", "what was read since a block"],
  ],
  options: {
    from: { type: "string", value: "BLOCK", about: "the first block that is read again" },
  },
  positionals: [0, 0],
  exitCodes: [
    ["69", "the node or the database cannot be reached"],
    ["75", "a relayer works on the database; or events before BLOCK are missing too"],
    ["78", "a setting is missing or wrong, or the node is of another chain"],
  ],
  run: async ({ values }, { signal, progress }) => {
    if (values.from === undefined || !/^\d{1,15}$/.test(values.from)) {
      throw new ProtocolError("usage-invalid", { problem: "Give the number of a block: --from BLOCK.", help: HELP });
    }
    const [{ readConfig }, { rebuildIndex }] = await Promise.all([
      import("../../config.ts"),
      import("../../service.ts"),
    ]);
    const { from, to } = await rebuildIndex(readConfig(), {
      from: Number(values.from),
      signal,
      onProgress: (block) => progress(`whole up to block ${block}`),
    });
    return { text: `The index is whole: blocks ${from} to ${to} were read again.`, json: { from, to } };
  },
});
