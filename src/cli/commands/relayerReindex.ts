import { ProtocolError } from "../../core/errors.ts";
import { defineCommand } from "../command.ts";

const HELP = "holdfast relayer reindex";

export const relayerReindex = defineCommand({
  text: ({ command }) => command.relayerReindex,
  usage: "--from BLOCK",
  examples: ["holdfast relayer reindex --from 0", "holdfast relayer reindex --from 19000000"],
  options: {
    from: { type: "string", value: "BLOCK" },
  },
  positionals: [0, 0],
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
