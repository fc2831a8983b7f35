import { escapeInvisible } from "../../core/text/escapeInvisible.ts";
import type { Row } from "../../core/text/sections.ts";

// Pieces of a page without a program: whatever anybody wrote goes in as text.

const STYLE = `body{font:11pt/1.5 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#1b2430;background:#fff}
h1{font-size:1.5rem;overflow-wrap:anywhere}h2{font-size:1.2rem;margin-top:2rem}h3{font-size:1rem}
table{border-collapse:collapse;width:100%}th,td{border:1px solid #c3ccd6;padding:.35rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:minmax(9rem,16rem) 1fr;gap:.2rem 1rem}dt{color:#505b69}dd{margin:0;overflow-wrap:anywhere}
.notice{border-left:4px solid #7a4b00;background:#f3f6f9;padding:.75rem 1rem}
@page{size:A4;margin:18mm 16mm 20mm;@bottom-right{content:counter(page) " / " counter(pages);font-size:9pt}}
@media print{body{margin:0;max-width:none;font-size:9.5pt}tr,dt,dd{break-inside:avoid}h2,h3{break-after:avoid}}`;

/** Text as HTML shows it, with what cannot be seen written out. */
function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return escapeInvisible(text).replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** A heading of a level with what stands below it. */
export function part(level: 2 | 3, title: string, ...content: readonly string[]): string {
  return `<section><h${level}>${escaped(title)}</h${level}>\n${content.join("\n")}</section>`;
}

/** A paragraph of text. */
export function paragraph(text: string, kind?: "notice"): string {
  return `<p${kind === undefined ? "" : ` class="${kind}"`}>${escaped(text)}</p>`;
}

/** Sentences in their order. */
export function steps(texts: readonly string[]): string {
  return `<ol>${texts.map((text) => `<li>${escaped(text)}</li>`).join("")}</ol>`;
}

/** Named facts, one below the other. */
export function facts(rows: readonly Row[]): string {
  return `<dl>${rows.map(([name, text]) => `<dt>${escaped(name)}</dt><dd>${escaped(text)}</dd>`).join("\n")}</dl>`;
}

/** A table under the names of its columns. */
export function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const head = columns.map((name) => `<th scope="col">${escaped(name)}</th>`).join("");
  const body = rows.map((row) => `<tr>${row.map((cell) => `<td>${escaped(cell)}</td>`).join("")}</tr>`).join("\n");
  return `<table><thead><tr>${head}</tr></thead>\n<tbody>${body}</tbody></table>`;
}

/** The whole page. Its policy (CSP 3) lets no program run and nothing be loaded. */
export function wholePage({ title, lang }: { title: string; lang: string }, ...content: readonly string[]): string {
  return `<!doctype html>
<html lang="${lang}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escaped(title)}</h1>
${content.join("\n")}
</body>
</html>
`;
}
