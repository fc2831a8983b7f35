import { en } from "../en/texts.ts";
import type { Translated } from "../language.ts";
import { dealId } from "./commands/dealId.ts";
import { help } from "./help.ts";

/** Every text for people in Chinese. */
export const zh = { ...en, help, command: { ...en.command, dealId } } as const satisfies Translated<typeof en>;
