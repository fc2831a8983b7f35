import { type Gathered, gatherChosen, gatherDropped } from "../gathered.ts";
import type { PageTexts } from "../pageTexts.ts";
import { element } from "./element.ts";

type IntakeHandlers = Readonly<{
  /** Told what was dropped or chosen; the promise rejects with a `PageError`. */
  onGathered: (gathered: Promise<readonly Gathered[]>) => Promise<void>;
}>;

/** Where evidence comes in: by dropping, or by choosing with mouse or keyboard. */
export function intakeView({ page }: PageTexts, { onGathered }: IntakeHandlers): HTMLElement {
  const files = chooser({ multiple: true }, onGathered);
  const folder = chooser({ multiple: true, webkitdirectory: true }, onGathered);
  const zone: HTMLElement = element(
    "section",
    {
      class: "drop",
      "aria-label": page.drop,
      ondragover: (event) => {
        event.preventDefault();
        zone.classList.add("over");
      },
      ondragleave: () => zone.classList.remove("over"),
      ondrop: async (event) => {
        event.preventDefault();
        zone.classList.remove("over");
        const items = (event as DragEvent).dataTransfer?.items;
        if (items !== undefined) await onGathered(gatherDropped(items));
      },
    },
    element("p", { class: "drop-title" }, page.drop),
    element("p", { class: "hint" }, page.dropHint),
    element(
      "p",
      { class: "buttons" },
      element("button", { type: "button", class: "primary", onclick: () => files.click() }, page.chooseFiles),
      element("button", { type: "button", onclick: () => folder.click() }, page.chooseFolder),
    ),
    files,
    folder,
  );
  return zone;
}

function chooser(kind: Readonly<Record<string, boolean>>, onGathered: IntakeHandlers["onGathered"]) {
  const input = element("input", {
    type: "file",
    hidden: true,
    ...kind,
    onchange: async () => {
      // Taken at once: emptied, so that the same files can be chosen again.
      const gathered = gatherChosen([...(input.files ?? [])]);
      input.value = "";
      if (gathered.length > 0) await onGathered(Promise.resolve(gathered));
    },
  });
  return input;
}
