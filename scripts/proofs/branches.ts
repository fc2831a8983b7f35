/** A node of the compiler's syntax tree; only what we read of it. `src` is `start:length:file` in bytes. */
type Node = Readonly<{
  nodeType: string;
  src: string;
  expression?: Node;
  arguments?: readonly Node[];
  name?: string;
  trueBody?: Node;
  falseBody?: Node | null;
}>;

/** Text that is put in at a byte; `drop` bytes after it go. */
type Edit = Readonly<{ at: number; drop: number; text: string }>;

/**
 * The source with both ways of each branch written as statements, which is all that Hardhat counts: `require(a, B())` becomes
 * `{ if (!(a)) revert B(); else { true; } }`, and an `if` without an `else` gets one. Lines stay where they are.
 */
export function writeOutBranches(source: string, ast: unknown): { text: string; branches: number } {
  const bytes = Buffer.from(source);
  const edits: Edit[] = [];
  let branches = 0;
  walk(ast, (node) => {
    if (node.nodeType === "IfStatement") {
      branches += 2;
      if (node.falseBody == null && node.trueBody !== undefined)
        edits.push({ at: endOf(bytes, node.trueBody), drop: 0, text: " else { true; }" });
    }
    const call = node.nodeType === "ExpressionStatement" ? node.expression : undefined;
    const [condition, error] = call?.arguments ?? [];
    if (call?.expression?.name !== "require" || condition === undefined || error === undefined) return;
    branches += 2;
    const end = spanOf(condition).end;
    const { start } = spanOf(node);
    const opening = `{ if (!(${lineBreaks(bytes, start, spanOf(condition).start)}`;
    edits.push({ at: start, drop: spanOf(condition).start - start, text: opening });
    edits.push({
      at: end,
      drop: spanOf(error).start - end,
      text: `)) revert ${lineBreaks(bytes, end, spanOf(error).start)}`,
    });
    const after = endOf(bytes, node);
    edits.push({
      at: spanOf(error).end,
      drop: after - spanOf(error).end,
      text: `; else { true; } }${lineBreaks(bytes, spanOf(error).end, after)}`,
    });
  });
  return { text: apply(bytes, edits), branches };
}

function spanOf({ src }: Node): { start: number; end: number } {
  const [start = 0, length = 0] = src.split(":").map(Number);
  return { start, end: start + length };
}

/** The end of a statement with its semicolon, which the compiler leaves out of most statements but blocks. */
function endOf(bytes: Buffer, node: Node): number {
  let { end } = spanOf(node);
  if (bytes[end - 1] === 0x7d || bytes[end - 1] === 0x3b) return end;
  while (bytes[end] !== 0x3b) end += 1;
  return end + 1;
}

function lineBreaks(bytes: Buffer, from: number, to: number): string {
  return "\n".repeat(bytes.subarray(from, to).toString().split("\n").length - 1);
}

function apply(bytes: Buffer, edits: readonly Edit[]): string {
  let at = 0;
  let text = "";
  // Of two edits at one byte, the inner `if` comes first: it was found last.
  const ordered = edits.map((edit, found) => ({ ...edit, found })).sort((a, b) => a.at - b.at || b.found - a.found);
  for (const edit of ordered) {
    text += bytes.subarray(at, Math.max(at, edit.at)).toString() + edit.text;
    at = Math.max(at, edit.at + edit.drop);
  }
  return text + bytes.subarray(at).toString();
}

function walk(value: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(value)) for (const item of value) walk(item, visit);
  else if (typeof value === "object" && value !== null) {
    if ("nodeType" in value && "src" in value) visit(value as Node);
    for (const item of Object.values(value)) walk(item, visit);
  }
}
