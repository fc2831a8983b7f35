export * from "../core/index.ts";
export * from "./client.ts";
export * from "./evidence.ts";
export * from "./fileAndAnchor.ts";
