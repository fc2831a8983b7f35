import { gatherChosen } from "../gathered.ts";
import type { PageTexts } from "../pageTexts.ts";
import type { StatedSources } from "../sources.ts";
import { element } from "./element.ts";

/** The form for what the reader trusts; its fields keep what was entered when the words change. */
export type SourcesForm = Readonly<{
  view: (texts: PageTexts) => HTMLElement;
  read: () => StatedSources;
}>;

/** Makes the form. It is read when a check begins. */
export function createSourcesForm(): SourcesForm {
  const blocks = element("textarea", { id: "blocks", rows: "3", spellcheck: "false", autocomplete: "off" });
  const registry = element("input", { id: "registry", type: "text", spellcheck: "false", autocomplete: "off" });
  const headers = element("input", { id: "headers", type: "file", multiple: true });
  const authorities = element("input", { id: "authorities", type: "file", multiple: true });
  const revoked = element("input", { id: "revoked", type: "file", multiple: true });
  const field = (label: string, input: HTMLElement) => [element("label", { for: input.id }, label), input];
  let isOpen = false;
  return {
    view: ({ page: { sources } }) =>
      element(
        "details",
        { class: "sources", open: isOpen, ontoggle: ({ target }) => (isOpen = (target as HTMLDetailsElement).open) },
        element("summary", {}, sources.title),
        element("p", { class: "hint" }, sources.hint),
        element(
          "div",
          { class: "fields" },
          field(sources.headers, headers),
          field(sources.authorities, authorities),
          field(sources.revoked, revoked),
          field(sources.blocks, blocks),
          field(sources.registry, registry),
        ),
      ),
    read: () => ({
      blocks: blocks.value,
      registry: registry.value,
      headers: gatherChosen(headers.files ?? []),
      authorities: gatherChosen(authorities.files ?? []),
      revoked: gatherChosen(revoked.files ?? []),
    }),
  };
}
