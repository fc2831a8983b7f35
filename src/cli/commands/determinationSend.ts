import { requestSchema } from "../../wire/relayRequests.ts";
import { defineCommand } from "../command.ts";
import { connect, urlOption } from "../connect.ts";
import { readJson } from "../files.ts";
import { parseInput } from "../parseInput.ts";
import { minedText, waitUntilMined } from "../send.ts";

export const determinationSend = defineCommand({
  text: ({ command }) => command.determinationSend,
  usage: "FILE --url URL",
  examples: ["holdfast determination send signed.json --url http://127.0.0.1:8787"],
  options: { url: urlOption },
  positionals: [1, 1],
  run: async ({ values, positionals: [path = ""] }, context) => {
    const client = connect(values.url, "holdfast determination send");
    const input = await readJson(path);
    const isObject = typeof input === "object" && input !== null;
    const kind = isObject && "extension" in input ? "Extension" : "Determination";
    const request = parseInput(requestSchema, isObject ? { kind, ...input } : input, path);
    const { signal } = context;
    const accepted = await client.submitIntent(request, { signal });
    const mined = await waitUntilMined(client, accepted, context);
    return { text: minedText(mined, context.texts), json: { intent: mined } };
  },
});
