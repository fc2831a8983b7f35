import { readFile } from "node:fs/promises";
import { ProtocolError } from "../../core/errors.ts";
import type { Texts } from "../../core/text/texts.ts";
import { readText, statFile } from "../files.ts";
import { inputMalformed } from "../problems.ts";

type Asking = {
  /** File whose first line is the password. */
  readonly passwordFile: string | undefined;
  readonly prompt: string;
  readonly texts: Texts;
  /** A new password is asked for twice. */
  readonly isNew: boolean;
  readonly signal: AbortSignal;
};

/**
 * A password from a file, or typed on the terminal without being shown; never from an argument,
 * which every process of the machine could read. Throws `password-missing` without a file and a
 * terminal.
 */
export async function askPassword({ passwordFile, prompt, isNew, signal, texts }: Asking): Promise<string> {
  if (passwordFile !== undefined) {
    const [line = ""] = (await readPassword(passwordFile, signal)).split(/\r?\n/);
    return requireSome(line, passwordFile);
  }
  if (!process.stdin.isTTY) throw new ProtocolError("password-missing");
  const password = requireSome(await readHidden(`${prompt}: `, signal), "password");
  if (isNew && (await readHidden(`${texts.terminal.onceMore}: `, signal)) !== password) {
    throw inputMalformed({ path: "password" }, "passwords-differ");
  }
  return password;
}

// A pipe too: `--password-file <(pass show holdfast)` leaves no password on any disk.
const readPassword = async (path: string, signal: AbortSignal) =>
  (await statFile(path))?.isFIFO() ? readFile(path, { encoding: "utf8", signal }) : readText(path);

const requireSome = (password: string, path: string) => {
  if (password === "") throw inputMalformed({ path }, "password-empty");
  return password;
};

const CTRL_C = "\u0003";
const CTRL_D = "\u0004";
const BACKSPACES = ["\b", "\u007f"];

const readHidden = async (prompt: string, signal: AbortSignal): Promise<string> => {
  const { stdin, stderr } = process;
  stderr.write(prompt);
  stdin.setRawMode(true).setEncoding("utf8").resume();
  const listening = new AbortController();
  try {
    return await new Promise<string>((resolve, reject) => {
      let typed = "";
      const onData = (text: string) => {
        for (const char of text) {
          if (char === CTRL_C) reject(new DOMException("stopped", "AbortError"));
          else if (char === "\r" || char === "\n" || char === CTRL_D) resolve(typed);
          else if (BACKSPACES.includes(char)) typed = typed.slice(0, -1);
          else typed += char;
        }
      };
      stdin.on("data", onData);
      listening.signal.addEventListener("abort", () => stdin.off("data", onData));
      signal.addEventListener("abort", () => reject(signal.reason), { once: true, signal: listening.signal });
    });
  } finally {
    listening.abort();
    stdin.setRawMode(false).pause();
    stderr.write("\n");
  }
};
