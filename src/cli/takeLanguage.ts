import { type Language, languages } from "../core/text/language.ts";
import { usageInvalid } from "./problems.ts";

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

/**
 * The language that `--lang` names, English without it. Throws `usage-invalid` for one that there
 * is not, and for more than one; `help` is the command whose help explains it.
 */
export function requireLanguage(named: readonly string[], help: string): Language {
  if (named.length > 1) throw usageInvalid(help, "option-repeated", { option: "--lang" });
  const language = languages.find((known) => known === (named[0] ?? "en"));
  if (language === undefined) throw usageInvalid(help, "language-unknown", { known: languages.join(", ") });
  return language;
}
