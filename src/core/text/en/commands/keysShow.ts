import { options } from "../options.ts";

export const keysShow = {
  summary: "print the address or public key of a key file",
  about: [
    "Says what a key file is for, without showing the key. The address of a keystore is read from the file as it",
    "states it; with --check the password is asked for and the address is that of the key itself.",
  ],
  examples: [
    "the address that you give to the other side",
    "check that your password still opens it",
    "the public key that evidence is encrypted for",
  ],
  options: {
    check: "open the keystore with its password",
    "password-file": options.wallet["password-file"],
  },
  passwordOpens: "The password opens it.",
  asStated: "As the file states it; --check opens it with the password.",
} as const;
