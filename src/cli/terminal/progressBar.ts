import { escapeInvisible } from "../../core/text/escapeInvisible.ts";
import { formatBytes } from "../../core/text/units.ts";
import type { CommandContext } from "../command.ts";

const EVERY_MS = 200;

/** Shows how far a long reading is, on a terminal only. */
export function createProgressBar(
  { progressHere, texts }: Pick<CommandContext, "progressHere" | "texts">,
  { label, total }: { readonly label: string; readonly total: number },
) {
  let done = 0;
  let shownAt = 0;
  return {
    advance: (bytes: number) => {
      done += bytes;
      if (Date.now() - shownAt < EVERY_MS) return;
      shownAt = Date.now();
      const percent = total === 0 ? 100 : Math.floor((100 * done) / total);
      progressHere(texts.terminal.progress(escapeInvisible(label), percent, formatBytes(total)));
    },
    end: () => progressHere(""),
  };
}
