import { sha256, stringToBytes } from "viem";

/** The parts of the page: a fixed text around its style, its program and the digests of both. */
export type PageParts = Readonly<{ shell: string; style: string; script: string }>;

/**
 * The page as it lies in its file. Its policy (CSP 3) lets nothing run but the style and the
 * program of these digests, and opens no connection.
 *
 * @param digests of style and script, SHA-256 in base64
 */
export function fillShell({ shell, style, script }: PageParts, digests: { style: string; script: string }): string {
  const fills: Readonly<Record<string, string>> = {
    "{{style}}": style,
    "{{script}}": script,
    "{{styleDigest}}": digests.style,
    "{{scriptDigest}}": digests.script,
  };
  return shell.replaceAll(/\{\{\w+\}\}/g, (mark) => fills[mark] ?? mark);
}

/** SHA-256 in base64, as policies write it. */
export function policyDigest(text: string): string {
  return btoa(String.fromCharCode(...sha256(stringToBytes(text), "bytes")));
}

/** SHA-256 of the page's file, in hex, made anew from what the browser runs. */
export function pageDigest(parts: PageParts): string {
  const page = fillShell(parts, { style: policyDigest(parts.style), script: policyDigest(parts.script) });
  return sha256(stringToBytes(page)).slice(2);
}
