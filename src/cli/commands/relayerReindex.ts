import { defineCommand } from "../command.ts";
import { usageInvalid } from "../problems.ts";

const HELP = "holdfast relayer reindex";

export const relayerReindex = defineCommand({
  text: ({ command }) => command.relayerReindex,
  usage: "--from BLOCK",
  examples: ["holdfast relayer reindex --from 0", "holdfast relayer reindex --from 19000000"],
  options: {
    from: { type: "string", value: "BLOCK" },
  },
  positionals: [0, 0],
  run: async ({ values }, { signal, progress, texts }) => {
    if (values.from === undefined || !/^\d{1,15}$/.test(values.from)) {
      throw usageInvalid(HELP, "block-number-missing");
    }
    const words = texts.command.relayerReindex;
    const [{ readConfig }, { rebuildIndex }] = await Promise.all([
      import("../../config.ts"),
      import("../../service.ts"),
    ]);
    const { from, to } = await rebuildIndex(readConfig(), {
      from: Number(values.from),
      signal,
      onProgress: (block) => progress(words.wholeUpTo(block)),
    });
    return { text: words.done(from, to), json: { from, to } };
  },
});
