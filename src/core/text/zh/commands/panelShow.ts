import type { panelShow as english } from "../../en/commands/panelShow.ts";
import type { Translated } from "../../language.ts";

export const panelShow = {
  summary: "用文字说明仲裁组，并给出条款所载的哈希",
  about: ["FILE 为单独的仲裁组文件、条款模板或交易文件。该哈希即由这些仲裁员处理争议的", "每笔交易的 `rules`。"],
  examples: ["由谁处理该交易的争议", "只取哈希，供程序使用"],
  options: {},
} as const satisfies Translated<typeof english>;
