import { ProtocolError } from "../../core/errors.ts";
import { type Command, defineCommand } from "../command.ts";
import { namePortOption } from "../portTaken.ts";
import { untilStopped } from "../terminal/untilStopped.ts";
import { relayerReindex } from "./relayerReindex.ts";

const serve = defineCommand({
  text: ({ command }) => command.relayer,
  usage: "",
  examples: [
    "HOLDFAST_RPC_URL=http://127.0.0.1:8545 HOLDFAST_DEPLOYMENT=data/deployment.json HOLDFAST_RELAYER_KEYSTORE=relayer.json HOLDFAST_RELAYER_PASSWORD_FILE=password.txt holdfast relayer",
    "curl -s http://127.0.0.1:8787/ready",
  ],
  options: {},
  positionals: [0, 0],
  run: async (_, { signal, print, texts }) => {
    const [{ readConfig }, { startHoldfast }] = await Promise.all([
      import("../../config.ts"),
      import("../../service.ts"),
    ]);
    const holdfast = await startHoldfast(readConfig(), { signal }).catch(namePortOption(() => "HOLDFAST_PORT"));
    const { contracts, address } = holdfast.relayer;
    print({
      text: texts.command.relayer.serving(holdfast.url, address),
      json: { url: holdfast.url, relayer: address, ...contracts },
    });
    if ((await untilStopped(signal, holdfast.ended)) === "ended" && !signal.aborted) {
      throw new ProtocolError("internal");
    }
    await holdfast.stop();
    return undefined;
  },
});

export const relayer: Command = {
  summary: serve.summary,
  help: serve.help,
  run: async ([word, ...rest], context, name) =>
    word === "reindex"
      ? relayerReindex.run(rest, context, `${name} reindex`)
      : serve.run(word === undefined ? [] : [word, ...rest], context, name),
};
