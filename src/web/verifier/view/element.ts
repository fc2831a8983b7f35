type Child = Node | string | false | undefined | readonly Child[];

type Attributes = Readonly<Record<string, string | boolean | undefined | ((event: Event) => unknown)>>;

/**
 * An element with attributes, listeners (`onclick`) and children. Text goes in as text: nothing
 * that anybody wrote is ever read as HTML.
 */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name.slice("on".length), value);
    else if (value === true) made.setAttribute(name, "");
    else if (typeof value === "string") made.setAttribute(name, value);
  }
  append(made, children);
  return made;
}

function append(parent: Node, children: readonly Child[]): void {
  for (const child of children) {
    if (Array.isArray(child)) append(parent, child);
    else if (child !== false && child !== undefined) parent.appendChild(nodeOf(child as Node | string));
  }
}

const nodeOf = (child: Node | string) => (typeof child === "string" ? document.createTextNode(child) : child);
