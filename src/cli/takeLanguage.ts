/**
 * The values of `--lang`, anywhere before `--`, and the arguments without it: every command takes
 * it.
 */
export function takeLanguage(given: readonly string[]): { readonly languages: string[]; readonly args: string[] } {
  const end = given.includes("--") ? given.indexOf("--") : given.length;
  const languages: string[] = [];
  const args: string[] = [];
  for (let index = 0; index < given.length; index += 1) {
    const arg = given[index]!;
    if (index < end && arg === "--lang") languages.push(given[++index] ?? "");
    else if (index < end && arg.startsWith("--lang=")) languages.push(arg.slice("--lang=".length));
    else args.push(arg);
  }
  return { languages, args };
}
